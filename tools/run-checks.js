// What CI runs: the test command, the compiler with the tests in view, the linter, the chain on Node 24. Closes with one
// line, `N passed, N failed`: every test that a tap run reports (`# { total: 12, pass: 11, fail: 1 }`), and one for each check
// that is no test run.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'

const CHECKS = [['npm', 'test'], ['npm', 'run', 'typecheck'], ['npm', 'run', 'lint'], ['tools/smoke-node24']]
const TAP_SUMMARY = /^\s*# \{ total: \d+(?:, \w+: \d+)* \}\s*$/

let passed = 0
let failed = 0
for (const check of CHECKS) {
  console.log(`\n$ ${check.join(' ')}`)
  const { status, counts } = await run(check)
  passed += counts.pass
  failed += counts.fail
  const tests = counts.pass + counts.fail
  if (tests > 0 && (status === 0 || counts.fail > 0)) continue
  // A check that ran no test of its own counts as one; so does a test run that broke off without a failed test.
  if (status === 0 && check.join(' ') !== 'npm test') passed++
  else failed++
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

async function run([command, ...args]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  const counts = { pass: 0, fail: 0 }
  for await (const printed of createInterface({ input: child.stdout })) {
    console.log(printed)
    const line = stripVTControlCharacters(printed)
    if (!TAP_SUMMARY.test(line)) continue
    for (const name of ['pass', 'fail']) counts[name] += Number(new RegExp(`\\b${name}: (\\d+)`).exec(line)?.[1] ?? 0)
  }
  return { status: await closed, counts }
}
