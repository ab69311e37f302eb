import t from 'tap'
import { duration } from '../../src/report/duration.js'

t.test('durations as a person says them', async t => {
  for (const [seconds, text] of [
    [0.0004, '0 ms'],
    [0.35, '350 ms'],
    [4.24, '4.2 s'],
    [200, '3 min 20 s'],
    [3599.7, '1 h 0 min'],
    [5 * 3600 + 12 * 60 + 10, '5 h 12 min'],
    [76.2 * 3600, '3 d 4 h'],
  ] as const) {
    t.equal(duration(seconds), text)
  }
})
