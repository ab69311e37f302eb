import { createHash } from 'node:crypto'
import { test } from 'tap'
import { DIGEST_SIZE, digest, ExactIndex } from '../../src/look-alikes/exact-index.js'

test('a digest is the first half of SHA-256', async t => {
  const bytes = Buffer.from('a picture')
  t.strictSame(Buffer.from(digest(bytes)), createHash('sha256').update(bytes).digest().subarray(0, DIGEST_SIZE))
})

test('finds the first of equal ones, also of digests that begin alike', async t => {
  const count = 5000
  const digests = new Uint8Array(count * DIGEST_SIZE)
  const names: string[] = []
  for (let row = 0; row < count; row++) {
    // 40 beginnings, 3000 digests
    const number = (row * 7919) % 3000
    digests.fill(number % 40, row * DIGEST_SIZE, row * DIGEST_SIZE + 4)
    digests.set([number >> 8, number & 0xff], row * DIGEST_SIZE + 8)
    names.push(String(number))
  }
  const index = new ExactIndex()
  const first = new Map<string, number>()
  for (let row = 0; row < count; row++) {
    const name = names[row]!
    if (!first.has(name)) first.set(name, row)
    if (index.firstLike(row, digests) !== first.get(name)) t.fail(`row ${row}`)
  }
  t.equal(first.size, 3000)
})
