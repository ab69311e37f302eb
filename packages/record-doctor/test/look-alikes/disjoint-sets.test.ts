import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { DisjointSets } from '../../src/look-alikes/disjoint-sets.js'

const numRuns = Number(process.env.TINY_FACE_RUNS ?? 200)
const row = fc.integer({ min: 0, max: 29 })

test('sets are what can be reached by links, and begin with their lowest row', async t => {
  fc.assert(
    fc.property(fc.array(fc.tuple(row, row), { maxLength: 40 }), links => {
      const sets = new DisjointSets(30)
      const colours = Array.from({ length: 30 }, (_, i) => i)
      for (const [a, b] of links) {
        const [colourA, colourB] = [colours[a]!, colours[b]!]
        assert.equal(sets.join(a, b), colourA !== colourB)
        for (const [i, colour] of colours.entries()) if (colour === colourB) colours[i] = colourA
      }
      for (const [i, colour] of colours.entries()) assert.equal(sets.first(i), colours.indexOf(colour))
    }),
    { numRuns },
  )
  t.pass()
})
