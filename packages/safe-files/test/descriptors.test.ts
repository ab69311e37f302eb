/** Reading and writing descriptors that another process made non-blocking, as a pipe's often are. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { AtomicFile, readChunk, writeAll, writeWholeFile } from '../src/index.js'

const SOURCE = new URL('../src/index.ts', import.meta.url)
const TSX = import.meta.resolve('tsx')

/** A program whose standard input and output are Node's pipes: non-blocking, as Node makes them. */
function program(code: string) {
  const script = `import { readChunk, writeAll } from '${SOURCE}'\n${code}`
  return spawn(process.execPath, ['--import', TSX, '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', SOURCE)),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

t.test('a pipe that has nothing yet is waited for, and its end is 0 bytes', async t => {
  // It says when it begins to read, so that nothing is there yet.
  const child = program(`
    process.stdin.resume(); process.stdin.pause()
    writeAll(1, Buffer.from('?'))
    const bytes = Buffer.alloc(3)
    let text = ''
    for (let size; (size = readChunk(0, bytes)) > 0; ) text += bytes.toString('latin1', 0, size)
    writeAll(1, Buffer.from(text))`)
  let said = ''
  for await (const chunk of child.stdout) {
    if (said === '') setImmediate(() => child.stdin.end('abcdefgh'))
    said += chunk
  }
  t.equal(said, '?abcdefgh')
})

t.test('a pipe that is full is waited for', async t => {
  const size = 1_000_000
  const child = program(`process.stdout._handle.setBlocking(false); writeAll(1, Buffer.alloc(${size}, 7))`)
  child.stdin.end()
  let total = 0
  for await (const chunk of child.stdout) total += (chunk as Buffer).filter(byte => byte === 7).length
  t.equal(total, size)
})

t.test('a descriptor that is none fails as the system says', async t => {
  const fd = openSync(fileURLToPath(SOURCE), 'r')
  t.throws(() => writeAll(fd, Buffer.from('a')), { code: 'EBADF' })
  closeSync(fd)
  t.throws(() => readChunk(fd, Buffer.alloc(1)), { code: 'EBADF' })
})

t.test('a file that cannot be written whole leaves the older one, and names it', async t => {
  const path = join(t.testdir({ 'a.json': 'old' }), 'a.json')
  writeWholeFile(path, 'new')
  t.equal(readFileSync(path, 'utf8'), 'new')
  writeWholeFile(path, Buffer.from('newer'))
  t.equal(readFileSync(path, 'utf8'), 'newer')
  t.throws(() => writeWholeFile(path, { byteLength: 1 } as never), { code: 'ERR_INVALID_ARG_TYPE', path })
  t.equal(readFileSync(path, 'utf8'), 'newer')
  const file = new AtomicFile(path, { force: true })
  file.write(Buffer.from('another'))
  file.abort()
  t.strictSame(readFileSync(path, 'utf8'), 'newer')
})
