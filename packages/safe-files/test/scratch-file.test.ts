import { readdirSync } from 'node:fs'
import t from 'tap'
import { ScratchFile } from '../src/index.js'

t.test('what was appended is read back, wherever it is', async t => {
  const folder = t.testdir()
  const file = new ScratchFile(folder)
  t.same(readdirSync(folder), [], 'it has no name')
  // Smaller than its buffer, larger, and none.
  const pieces = [3, 0, 1 << 20, (1 << 20) + 1, 7].map((size, i) => Buffer.alloc(size, i + 1))
  const offsets = pieces.map(piece => file.append(piece))
  t.same(offsets, [0, 3, 3, 3 + (1 << 20), 3 + (1 << 20) + (1 << 20) + 1])
  t.equal(file.length, offsets.at(-1)! + 7)
  for (const [i, piece] of pieces.entries()) {
    const bytes = Buffer.alloc(piece.length)
    t.equal(file.read(offsets[i]!, bytes), piece.length)
    t.ok(bytes.equals(piece), `piece ${i}`)
  }
  t.equal(file.append(Buffer.from('more')), file.length - 4, 'after a read it goes on at the end')
  t.equal(file.read(file.length - 4, Buffer.alloc(10)), 4, 'fewer at the end')
  file.close()
  file.close()
})

t.test('a folder that is not there is named', async t => {
  t.throws(() => new ScratchFile('/no/such/folder'), { code: 'ENOENT', path: /^\/no\/such\/folder/ })
})
