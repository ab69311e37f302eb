import t from 'tap'
import { barLine } from '../src/progress-bar.js'

t.test('the bar says how much, how fast and how long still', async t => {
  t.equal(
    barLine({ unit: 'images', total: 400, count: 100, seconds: 10, text: 'loss 2.5' }),
    '██████░░░░░░░░░░░░░░░░░░ 25% 100/400  10.0 images/s  0:30 left  loss 2.5',
  )
  t.equal(barLine({ unit: 'records', count: 5000, seconds: 2, text: '' }), '5000 records  2500 records/s')
  t.match(barLine({ unit: 'steps', total: 4, count: 4, seconds: 62, text: '' }), /100% 4\/4 {2}0\.1 steps\/s {2}1:02$/)
})
