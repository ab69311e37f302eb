import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { PINNED_ENGINES } from '../../src/index.js'
import { NOT_HERE } from '../made-engine.js'

const COMMAND = fileURLToPath(new URL('../../src/commands/engine-install.ts', import.meta.url))
const LOADER = import.meta.resolve('tsx')
const { version, wheels, library } = PINNED_ENGINES.onednn
const FOLDER = `onednn-${version}`

/** Runs the command with a cache of its own and nothing on PATH: no pip, no npm, no compiler. */
function run(cache: string, ...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', TINY_FACE_ENGINES: cache, PATH: '/nonexistent' }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', LOADER, COMMAND, ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** An engine as if it had been installed. */
function pretend(cache: string): void {
  const file = join(cache, FOLDER, library)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, 'library')
  const manifest = { proof: 'oneDNN 0.0, pretended', files: { [library]: 7 } }
  writeFileSync(join(cache, FOLDER, 'engine.json'), JSON.stringify(manifest))
}

t.test('what is no engine', async t => {
  const cache = join(t.testdir(), 'cache')
  for (const [args, message] of [
    [[], /^engine-install: expected an engine \(onednn, tensorflow, tensorflow-gpu\), found none \(see --help\)\n$/],
    [['jax'], /found jax/],
    [['toString'], /found toString/],
    [['--list', 'onednn'], /--list stands alone/],
    [['onednn', 'tensorflow'], /too many arguments/],
  ] as const) {
    const { status, stdout, stderr } = run(cache, ...args)
    t.strictSame([status, stdout], [2, ''])
    t.match(stderr, message)
  }
  t.notOk(existsSync(cache))
})

t.test('without pip: one line that says what to do, and nothing is left', { skip: NOT_HERE }, async t => {
  const cache = join(t.testdir(), 'cache')
  const { status, stdout, stderr } = run(cache, 'onednn', '--quiet')
  t.strictSame([status, stdout], [1, ''])
  t.equal(
    stderr,
    `engine-install: needs pip, which comes with Python; or download ${wheels[0]!.file} from pypi.org to a folder and pass that with --from\n`,
  )
  t.notOk(existsSync(cache))
})

t.test('a wheel that is another: nothing is left, what others are making stays', { skip: NOT_HERE }, async t => {
  const folder = t.testdir({ from: { [wheels[0]!.file]: 'no wheel' }, cache: {} })
  const [cache, from] = [join(folder, 'cache'), join(folder, 'from')]
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  mkdirSync(join(cache, `${FOLDER}.${dead}.partial`))
  mkdirSync(join(cache, `${FOLDER}.${process.pid}.partial`))
  const { status, stderr } = run(cache, 'onednn', '--quiet', '--from', from)
  t.equal(status, 1)
  t.equal(stderr, `engine-install: ${join(from, wheels[0]!.file)}: expected ${wheels[0]!.size} bytes, found 8\n`)
  t.strictSame(readdirSync(cache), [`${FOLDER}.${process.pid}.partial`])
})

t.test('what is installed is listed, found and removed', async t => {
  const cache = join(t.testdir(), 'cache')
  const none = run(cache, '--list')
  t.equal(none.status, 0)
  t.match(none.stdout, /^onednn +- +- +not installed +engine-install onednn brings oneDNN/)
  t.match(none.stdout, /\nprocessor: .*; avx2 (yes|no|unknown), avx512 .*, bf16 .*, amx (yes|no|unknown)\n$/)
  pretend(cache)
  t.match(run(cache, '--list').stdout, /^onednn +2023\.2\.0 +0\.0 MB +oneDNN 0\.0, pretended +\/.*onednn-2023\.2\.0\n/)
  const again = run(cache, 'onednn')
  t.strictSame([again.status, again.stdout], [0, ''])
  t.match(again.stderr, /^engine-install: onednn was installed before: oneDNN 0\.0, pretended, in .*\n$/)
  mkdirSync(join(cache, 'onednn-2021.1'))
  const removed = run(cache, 'onednn', '--remove')
  t.equal(removed.status, 0)
  t.match(removed.stderr, /^engine-install: removed .*onednn-2021\.1, .*onednn-2023\.2\.0\n$/)
  t.notOk(existsSync(cache), 'the folder that held it is gone too')
  t.match(run(cache, 'onednn', '--remove'), { status: 0, stderr: /onednn is not installed/ })
})

t.test('one engine goes, others stay', async t => {
  const cache = t.testdir({ 'tensorflow-2.15.1': {}, 'tensorflow-gpu-2.18.1': {}, mine: '' })
  t.equal(run(cache, 'tensorflow', '--remove').status, 0)
  t.strictSame(readdirSync(cache).sort(), ['mine', 'tensorflow-gpu-2.18.1'])
})

t.test('a removal sweeps what the dead began, and leaves what another is making', async t => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const mine = `${FOLDER}.${process.pid}.partial`
  const cache = t.testdir({ [FOLDER]: {}, [mine]: {}, [`${FOLDER}.${dead}.partial`]: { lib: '' } })
  t.equal(run(cache, 'onednn', '--remove').status, 0)
  t.strictSame(readdirSync(cache), [mine])
})

t.test('an engine that lacks a file, or has one cut short, is not installed', async t => {
  const cache = join(t.testdir(), 'cache')
  pretend(cache)
  writeFileSync(join(cache, FOLDER, library), 'librar')
  t.match(run(cache, '--list').stdout, /^onednn +- +- +not installed/)
  writeFileSync(join(cache, FOLDER, 'engine.json'), '{')
  t.match(run(cache, '--list').stdout, /^onednn +- +- +not installed/)
})
