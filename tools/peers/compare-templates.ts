// Half of check-templates: our figures of the sets that insightface-ijb.py wrote.
import { readFileSync } from 'node:fs'
import { differencesOf, type IjbSet } from '../../packages/verifier/test/templates/ijb-sets.js'

const [file] = process.argv.slice(2) as [string]
const sets = readFileSync(file, 'utf8').trim().split('\n')
let differ = 0
for (const [i, line] of sets.entries()) {
  const differences = differencesOf(JSON.parse(line) as IjbSet)
  if (differences.length === 0) continue
  differ++
  console.error(`set ${i}: ${differences.slice(0, 3).join('; ')}`)
}
console.log(`${sets.length} sets of templates, ${differ} differ`)
process.exitCode = differ === 0 ? 0 : 1
