/**
 * Our side of check-verification: compares our figures with what insightface's functions said of the sets in expected.jsonl, each number
 * to 1e-12.
 *
 *     compare-verification.ts FOLDER
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { differencesOf, type ExpectedSet } from '../../packages/verifier/test/insightface-sets.js'

const folder = process.argv[2]!
let sets = 0
let different = 0
const crashed = new Set<number>()
const kinds = new Set<string>()
for await (const line of createInterface({ input: createReadStream(join(folder, 'expected.jsonl')) })) {
  const expected = JSON.parse(line) as ExpectedSet
  const differences = differencesOf(expected)
  kinds.add(expected.kind)
  if (expected.crashed !== null) crashed.add(sets)
  if (differences.length > 0) {
    different++
    console.error(`set ${sets} (${expected.kind}, ${expected.same.length} pairs): ${differences.join('; ')}`)
  }
  sets++
}
console.log(
  `${sets} sets of ${kinds.size} kinds, ${different} differ (${crashed.size} where insightface crashes: by the definition of docs/verification.md)`,
)
if (different > 0 || sets === 0) process.exitCode = 1
