import t from 'tap'
import { barLine, summaryLine } from '../src/progress-bar.js'

t.test('the bar says how much, how fast and how long still', async t => {
  t.equal(
    barLine({ unit: 'images', total: 400, count: 100, seconds: 10, text: 'loss 2.5' }),
    '██████░░░░░░░░░░░░░░░░░░ 25% 100/400  10.0 images/s  0:30 left  loss 2.5',
  )
  t.equal(barLine({ unit: 'records', count: 5000, seconds: 2, text: '' }), '5000 records  2500 records/s')
  t.match(barLine({ unit: 'steps', total: 4, count: 4, seconds: 62, text: '' }), /100% 4\/4 {2}0\.1 steps\/s {2}1:02$/)
})

t.test('one is told as one', async t => {
  const state = { count: 1, bytes: 0, seconds: 2 }
  t.equal(summaryLine({ ...state, unit: 'records' }), '1 record in 2.00 s, 0.5 records/s')
  t.equal(summaryLine({ ...state, unit: 'images checked' }), '1 image checked in 2.00 s, 0.5 images/s')
  t.equal(summaryLine({ ...state, count: 3, unit: 'blocks of pairs' }), '3 blocks of pairs in 2.00 s, 1.5 blocks/s')
})
