// Which lines of a package its own tests run: npm run coverage [-- PACKAGE...], all packages unless some are named
//
// At least 95% of each, or it fails. Lines that another package's tests run do not count: who changes one of these runs this package's
// tests. Takes longer than the tests, so it is no part of npm test. A line that runs is not yet a line that is checked:
// that is what npm run mutate finds out.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const AT_LEAST = 95
const root = fileURLToPath(new URL('..', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const names = process.argv.length > 2 ? process.argv.slice(2) : packages
const unknown = names.find(name => !packages.includes(name))
if (unknown !== undefined) {
  console.error(`coverage: expected some of ${packages.join(', ')}, found ${unknown}`)
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'tiny-face-coverage-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
let failures = 0
for (const name of names) {
  const cwd = join(root, 'packages', name)
  const report = join(scratch, name)
  // What runs from dist (a thread, a command of another test) counts for the source that it was made of.
  const options = [
    '--all',
    '--src=src',
    '--include=src/**',
    '--exclude-after-remap',
    '--reporter=json-summary',
    '--reporter=text',
  ]
  const command = [
    'c8',
    ...options,
    ...typesOnly(cwd).map(file => `--exclude=${file}`),
    `--temp-directory=${report}.raw`,
    `--report-dir=${report}`,
    'tap',
    '--reporter=tap',
  ]
  const tests = spawnSync('npx', command, { cwd, encoding: 'utf8', maxBuffer: 2 ** 30 })
  rmSync(`${report}.raw`, { recursive: true, force: true })
  if (tests.status !== 0) {
    failures++
    const failing = tests.stdout.split('\n').filter(line => /^\s*not ok/.test(line))
    console.log(`not ok: ${name}: its tests fail\n${failing.join('\n') || tests.stderr}`)
    continue
  }
  const { pct } = JSON.parse(readFileSync(join(report, 'coverage-summary.json'), 'utf8')).total.lines
  const isEnough = pct >= AT_LEAST
  console.log(`${isEnough ? 'ok' : 'not ok'}: ${name}: ${pct}% of its lines`)
  if (isEnough) continue
  failures++
  console.log(tests.stdout.slice(tests.stdout.search(/^-+\|/m)))
}
process.exit(failures > 0 ? 1 : 0)

/** Source files of which nothing is left to run: the compiler makes `export {}` of them. */
function typesOnly(cwd) {
  const made = readdirSync(join(cwd, 'dist'), { recursive: true }).filter(file => file.endsWith('.js'))
  const code = file =>
    readFileSync(join(cwd, 'dist', file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .trim()
  return made.filter(file => code(file) === 'export {};').map(file => `src/${file.replace(/js$/, 'ts')}`)
}
