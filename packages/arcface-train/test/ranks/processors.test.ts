import { availableParallelism, cpus } from 'node:os'
import t from 'tap'
import { ownProcessors } from '../../src/ranks/processors.js'

t.test('ranks of one machine share its processors, and have one at least', async t => {
  const available = availableParallelism()
  t.equal(ownProcessors({ localRanks: 1 }), available)
  if (available === cpus().length) t.equal(ownProcessors({ localRanks: 2 }), Math.max(1, Math.floor(available / 2)))
  t.equal(ownProcessors({ localRanks: 1000 }), available === cpus().length ? 1 : available)
})
