import { readdirSync } from 'node:fs'
import { test } from 'tap'
import { PictureStore } from '../src/picture-store.js'

test('gives back every picture, whatever its size, and leaves no file behind', async t => {
  const folder = t.testdir()
  const store = new PictureStore(folder)
  t.strictSame(readdirSync(folder), [], 'the file has no name from the start')
  const sizes = [0, 1, 5000, 1 << 20, (1 << 20) + 1, 3, 0, 3_000_000, 12, ...Array.from({ length: 1500 }, (_, i) => i)]
  const pictures = sizes.map((size, row) => Buffer.alloc(size, row))
  for (const [row, picture] of pictures.entries()) {
    store.add(picture)
    if (row === 4) t.strictSame(Buffer.from(store.read(2)), pictures[2], 'also while more come')
  }
  for (const row of [8, 7, 0, 1, 2, 3, 4, 5, 6, 600, 1508]) {
    t.equal(store.size(row), sizes[row])
    t.ok(pictures[row]!.equals(store.read(row)), `row ${row}`)
  }
  store.close()
})

test('a folder that is not there is a system error with its name', async t => {
  t.throws(() => new PictureStore('/no/such/folder'), { code: 'ENOENT' })
})
