// What CI runs: native engines, detectors of faces, a network, a browser and Open MPI installed, then the test command as a stranger's shell
// would run it, the cheap suites again in a shell unlike most, the compiler with the tests in view, the linter, the chain on Node 24.
// Closes with one line, `N passed, N failed`: every test that a tap run reports (`# { total: 12, pass: 10, fail: 1, skip: 1 }`), and
// one for each check that is no test run. What is skipped has failed here: a test skips where something is not installed, and CI has
// to have it all.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'

const ENGINE_INSTALL = 'node_modules/.bin/engine-install'
const FACE_ALIGN = 'node_modules/.bin/face-align'
const CHECKS = [
  ['npm', 'run', 'setup'],
  [ENGINE_INSTALL, 'onednn'],
  [ENGINE_INSTALL, 'tensorflow'],
  [FACE_ALIGN, '--install', 'yunet'],
  [FACE_ALIGN, '--install', 'mtcnn'],
  ['node', '--import=tsx', 'tools/face-names.ts', 'fetch'],
  ['tools/fetch-chromium'],
  ['tools/fetch-openmpi'],
  ['npm', 'test'],
  ['tools/smoke-strange-shell'],
  ['tools/smoke-engines'],
  ['npm', 'run', 'typecheck'],
  ['npm', 'run', 'lint'],
  ['tools/smoke-node24'],
]
const TAP_SUMMARY = /^# \{ total: \d+(?:, \w+: \d+)* \}\s*$/
const TAP_TIME = /^# time=/
/** Of a file's results what says nothing: what passed, and what holds it together. */
const TAP_PASSED = /^\s*(ok \d+(?!.*# SKIP)|# Subtest: |# time=|1\.\.\d+|TAP version 14|$)/
const TAP_COMPLAINT = /^\s*(not ok \d+|ok \d+.*# SKIP)/
/** So many lines after a complaint, and so many of a check that broke off, are said again at the end: logs are read from there. */
const REPEATED_LINES = 30
/** What CI systems, npm and Nx set for those below them, and a person's shell does not have. */
const NOT_A_STRANGERS = /^(CI|FORCE_COLOR|NO_COLOR|NODE_OPTIONS|NODE_ENV|(NX|npm|TAP|GITHUB|TINY_FACE)_.*)$/i

const strangers = Object.entries(process.env).filter(([name]) => !NOT_A_STRANGERS.test(name))
// The raw results, which name what was skipped; what a person sees draws a counter anew after every test.
const env = { ...Object.fromEntries(strangers), TAP_REPORTER: 'tap' }
let passed = 0
let failed = 0
const complaints = []
for (const check of CHECKS) {
  console.log(`\n$ ${check.join(' ')}`)
  const { status, counts, said, last } = await run(check)
  if (counts.skip > 0) console.log(`${counts.skip} skipped, which counts as failed`)
  const bad = counts.fail + counts.skip
  if (status !== 0 || bad > 0) complaints.push(`$ ${check.join(' ')}`, ...(said.length > 0 ? said : last))
  passed += counts.pass
  failed += bad
  if (counts.pass + bad > 0 && (status === 0 || counts.fail > 0)) continue
  // A check that ran no test of its own counts as one; so does a test run that broke off without a failed test.
  if (status === 0 && check.join(' ') !== 'npm test') passed++
  else failed++
}
if (complaints.length > 0) console.log(`\nWhat failed:\n${complaints.join('\n')}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

async function run([command, ...args]) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  const counts = { pass: 0, fail: 0, skip: 0 }
  const said = []
  const last = []
  let summary = ''
  let sinceComplaint = REPEATED_LINES
  for await (const printed of createInterface({ input: child.stdout })) {
    const line = stripVTControlCharacters(printed)
    if (TAP_SUMMARY.test(line)) summary = line
    if (!TAP_PASSED.test(line)) {
      console.log(printed)
      sinceComplaint = TAP_COMPLAINT.test(line) ? 0 : sinceComplaint + 1
      if (sinceComplaint < REPEATED_LINES) said.push(line)
      last.push(line)
      if (last.length > REPEATED_LINES) last.shift()
    }
    if (!TAP_TIME.test(line)) continue
    for (const name of ['pass', 'fail', 'skip'])
      counts[name] += Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0)
    summary = ''
  }
  return { status: await closed, counts, said, last }
}
