import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { WriteThread } from '../../src/output/write-thread.js'

t.test('files written in turns are whole, and hashed', async t => {
  const folder = t.testdir()
  const thread = new WriteThread()
  const files = ['a', 'b', 'empty'].map(name => {
    const path = join(folder, name)
    return { path, fd: thread.open(path), pieces: [] as Buffer[] }
  })
  // Pieces around the size of a block, and more of them than may wait.
  const sizes = [1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20, 0, 5]
  for (let round = 0; round < 3; round++) {
    for (const [i, size] of sizes.entries()) {
      const file = files[i % 2]!
      const piece = Buffer.alloc(size, 16 * round + i)
      file.pieces.push(piece)
      thread.write(file.fd, piece)
      piece.fill(0xee, 0, 0)
    }
  }
  for (const { path, fd, pieces } of files) {
    const expected = Buffer.concat(pieces)
    t.equal(thread.sha256(fd), createHash('sha256').update(expected).digest('hex'))
    t.equal(Buffer.compare(readFileSync(path), expected), 0)
    closeSync(fd)
  }
  thread.close()
})

t.test('what fails on the thread is thrown here', async t => {
  const fd = openSync(join(t.testdir({ a: '' }), 'a'), 'r')
  t.teardown(() => closeSync(fd))
  const thread = new WriteThread()
  t.throws(
    () => {
      for (;;) thread.write(fd, Buffer.alloc(1 << 20))
    },
    { code: 'EBADF', syscall: 'write' },
  )
  t.throws(() => thread.sha256(fd), { code: 'EBADF' }, 'and again')
})
