import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const SOURCE = new URL('../src/figures-output.ts', import.meta.url).href
const folder = t.testdir()

/** Writes figures whose JSON fails where nobody wants it. */
function run(json: string | undefined, force = false) {
  const script = `import { figuresOutput } from '${SOURCE}'
const write = figuresOutput(${JSON.stringify(json)}, { force: ${force} })
write({ json: ${json === undefined ? "{ [Symbol.iterator]() { throw new Error('asked for') } }" : "['{}', '\\n']"}, table: 'a table\\n' })`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', script],
    { encoding: 'utf8', cwd: new URL('.', import.meta.url) },
  )
  return { status, stdout, stderr }
}

t.test('the table alone', async t => {
  t.strictSame(run(undefined), { status: 0, stdout: 'a table\n', stderr: '' })
})

t.test('JSON in a file, whole', async t => {
  const file = join(folder, 'figures.json')
  t.strictSame(run(file), { status: 0, stdout: 'a table\n', stderr: '' })
  t.equal(readFileSync(file, 'utf8'), '{}\n')
})

t.test('JSON on standard output, the table beside it', async t => {
  t.strictSame(run('-'), { status: 0, stdout: '{}\n', stderr: 'a table\n' })
  t.notOk(existsSync(new URL('-', import.meta.url)))
})

t.test('a file that exists stays, unless it may be replaced', async t => {
  const file = join(folder, 'old.json')
  writeFileSync(file, 'old')
  t.match(run(file), { status: 1, stdout: '', stderr: /exists already/ })
  t.equal(readFileSync(file, 'utf8'), 'old')
  t.equal(run(file, true).status, 0)
  t.equal(readFileSync(file, 'utf8'), '{}\n')
})
