// How much of a package's code its tests really hold: npm run mutate -- PACKAGE [--sample SHARE] [--tests GLOBS] [FILES of src]
//
// Stryker plants faults (a < for a <=, an empty block, another string) one at a time into a copy of the package, and runs its tests
// against each: a fault that all tests pass survives, and is a line that nothing checks. Takes minutes to hours, so it is no part of
// npm test; --sample 0.2 plants them in a fifth of the functions, always the same ones, and --tests 'test/heads/*.test.ts' runs these
// tests alone, where others would take minutes to notice what these notice in seconds. What a test reaches through dist (a command, a
// thread) runs there without the faults: commands are left out.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// The last that runs on Node 20.
const STRYKER = '9.6.1'
const root = fileURLToPath(new URL('..', import.meta.url))
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string', default: '1' }, tests: { type: 'string', default: 'test/**/*.test.ts' } },
})
const [name, ...files] = positionals
const share = Number(values.sample)
const packages = readdirSync(join(root, 'packages'))
if (!packages.includes(name)) {
  console.error(`mutate: expected one of ${packages.join(', ')}, found ${name ?? 'none'}`)
  process.exit(2)
}
if (!(share > 0 && share <= 1)) {
  console.error(`mutate: expected a share above 0, up to 1, for --sample, found ${values.sample}`)
  process.exit(2)
}

// A copy of this package beside the others as they are, and beside the real files that some tests read: the tests' way to them is the same.
const folder = mkdtempSync(join(tmpdir(), 'tiny-face-mutate-'))
const copy = join(folder, 'clone')
symlinkSync(join(root, '..', 'shared'), join(folder, 'shared'))
const target = join(copy, 'packages', name)
mkdirSync(join(copy, 'packages'), { recursive: true })
for (const entry of readdirSync(root))
  if (!['packages', '.git', '.nx'].includes(entry)) symlinkSync(join(root, entry), join(copy, entry))
for (const other of packages)
  if (other !== name) symlinkSync(join(root, 'packages', other), join(copy, 'packages', other))
cpSync(join(root, 'packages', name), target, { recursive: true, filter: path => !path.endsWith('/.tap') })

writeFileSync(
  join(target, 'sample.mjs'),
  `// Leaves out what is not drawn: outermost functions, by a hash of where they are.
import { createHash } from 'node:crypto'
const isDrawn = where => createHash('sha256').update(where).digest().readUInt32BE() < ${share} * 2 ** 32
function shouldIgnore(path) {
  if (!path.isFunction() || path.findParent(parent => parent.isFunction())) return undefined
  const { filename } = path.hub.file.opts
  return isDrawn(filename.slice(filename.indexOf('/src/')) + ':' + path.node.loc.start.line) ? undefined : 'not in the sample'
}
export const strykerPlugins = [{ kind: 'Ignore', name: 'sample', value: { shouldIgnore } }]
`,
)
const report = join(root, 'packages', name, '.mutation')
writeFileSync(
  join(target, 'stryker.config.json'),
  JSON.stringify({
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner', './sample.mjs'],
    ignorers: ['sample'],
    tap: { testFiles: values.tests.split(','), nodeArgs: ['--import=tsx', '-r', '{{hookFile}}', '{{testFile}}'] },
    mutate: files.length > 0 ? files : ['src/**/*.ts', '!src/commands/**', '!src/index.ts'],
    coverageAnalysis: 'perTest',
    inPlace: true,
    concurrency: 2,
    // On a busy machine a test is slow, which is no fault that it noticed.
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 30,
    // The words of a message are not what a test is for; that there is one, and what it says of the fault, is.
    mutator: { excludedMutations: ['StringLiteral'] },
    reporters: ['progress', 'clear-text', 'json'],
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    jsonReporter: { fileName: join(report, 'mutation.json') },
    disableTypeChecks: false,
    allowConsoleColors: false,
  }),
)
const stryker = ['core', 'tap-runner'].flatMap(part => ['--package', `@stryker-mutator/${part}@${STRYKER}`])
const { status } = spawnSync('npm', ['exec', '--yes', '--ignore-scripts', ...stryker, '--', 'stryker', 'run'], {
  cwd: target,
  stdio: 'inherit',
})
rmSync(folder, { recursive: true, force: true })
process.exit(status ?? 1)
