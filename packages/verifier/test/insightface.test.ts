import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { differencesOf, type ExpectedSet } from './insightface-sets.js'

// What tools/peers/insightface-verification.py said, with SciPy 1.8.1; tools/peers/check-verification compares hundreds more.
const sets = readFileSync(new URL('fixtures/insightface-sets.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as ExpectedSet)

for (const set of sets) {
  const crash = set.crashed === null ? '' : ', where insightface crashes and our definition goes on'
  test(`insightface's figures: ${set.kind}${set.pca > 0 ? ', along principal components' : ''}${crash}`, async t => {
    t.strictSame(differencesOf(set), [])
  })
}
