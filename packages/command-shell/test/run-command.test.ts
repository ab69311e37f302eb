import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const INDEX = new URL('../src/index.ts', import.meta.url).href

/** Runs a command defined by `source`, which sees the package's exports as `shell`, those of safe-files as `files`. */
function run(t: Test, source: string, args: string[] = []) {
  const path = join(
    t.testdir({
      'command.mjs': `import * as files from '@tiny-face/safe-files'\nimport * as shell from '${INDEX}'\n${source}`,
    }),
    'command.mjs',
  )
  return spawnSync(process.execPath, ['--import=tsx', path, ...args], {
    encoding: 'utf8',
    cwd: new URL('.', import.meta.url),
  })
}

const command = (body: string, configure = '') =>
  `await shell.runCommand({ name: 'x-dump', summary: 'Dumps.', example: 'x-dump a | b',
    configure: program => { program.option('--size <n>', 'size', shell.parseWhole('--size', 1))${configure} },
    run: async (args, options) => { ${body} } })`

t.test('done', async t => {
  const { status, stdout, stderr } = run(
    t,
    command('console.log(JSON.stringify([options.size, args]))', ".argument('<file>')"),
    ['--size', '3', 'f'],
  )
  t.strictSame([status, stdout, stderr], [0, '[3,["f"]]\n', ''])
})

t.test('a command that only has commands asks for one', async t => {
  const { status, stdout, stderr } = run(t, command('', ".command('evaluate').action(() => {})"))
  t.strictSame([status, stdout, stderr], [2, '', 'x-dump: a command is missing (see --help)\n'])
})

t.test('--help has the example', async t => {
  const { status, stdout } = run(t, command(''), ['--help'])
  t.equal(status, 0)
  t.match(stdout, /Usage: x-dump[\s\S]*Example:\n {2}x-dump a \| b/)
})

t.test('usage errors are one line and exit code 2', async t => {
  for (const [args, message] of [
    [['--sise', '3'], /^x-dump: unknown option '--sise'.*\(see --help\)\n$/],
    [['--size', '0'], /^x-dump: --size 0: expected a whole number of at least 1 \(see --help\)\n$/],
    [['--size', '1e3'], /whole number/],
    [['surplus'], /^x-dump: too many arguments/],
  ] as const) {
    const { status, stderr } = run(t, command(''), [...args])
    t.equal(status, 2)
    t.match(stderr, message)
    t.equal(stderr.split('\n').length, 2)
  }
})

t.test('failures are one line and exit code 1', async t => {
  for (const [body, message] of [
    [
      "throw new files.DataError({ file: 'f', offset: 4, record: 1, id: 7, expected: 'a', found: 'b' })",
      'x-dump: f: byte 4: record 1 (id 7): expected a, found b\n',
    ],
    ["(await import('node:fs')).openSync('missing.rec')", 'x-dump: missing.rec: no such file or directory\n'],
    ["throw new Error('two\\nlines')", 'x-dump: internal: two lines\n'],
  ] as const) {
    const { status, stderr } = run(t, command(body))
    t.strictSame([status, stderr], [1, message])
  }
})

t.test('a name with control characters does not steer the terminal', async t => {
  const name = String.raw`a\u001b[2Jb\u0007\u009b1mc`
  const failed = run(t, command(`throw new files.DataError({ file: '${name}', expected: 'a face' })`))
  t.equal(failed.stderr, 'x-dump: a\\x1b[2Jb\\x07\\x9b1mc: expected a face\n')
  t.equal(run(t, command(`shell.say('${name}')`)).stderr, 'x-dump: a\\x1b[2Jb\\x07\\x9b1mc\n')
})

t.test('a closed pipe ends quietly, and a failure leaves no output', async t => {
  t.equal(run(t, command("throw Object.assign(new Error('x'), { code: 'EPIPE' })")).status, 0)
  const folder = t.testdir()
  const path = join(folder, 'out.rec')
  t.equal(run(t, command(`new files.AtomicFile('${path}').write(Buffer.from('x')); throw new Error('x')`)).status, 1)
  t.strictSame(readdirSync(folder), ['command.mjs'])
})
