import { test } from 'tap'
import { rightDecisions } from '../../src/folds/right-decisions.js'
import { measuredPairs } from '../pairs.js'

test('each pair by the threshold of its fold; a pair at the threshold is not accepted', async t => {
  const pairs = measuredPairs(4, i => ({ same: i % 2 === 0, distance: 1 }))
  t.strictSame([...rightDecisions(pairs, [1, 1.01])], [0, 1, 1, 0])
  t.strictSame([...rightDecisions(pairs, [2])], [1, 0, 1, 0])
})
