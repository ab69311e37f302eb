import { test } from 'tap'
import { MAX_WAITING_IMAGE_BYTES, type WaitingSide, WaitingSides } from '../../src/pairs/waiting-sides.js'

const side = (index: number, image?: Uint8Array): WaitingSide => ({
  index,
  side: 0,
  same: true,
  template: Float64Array.of(1),
  norm: 1,
  flippedNorm: undefined,
  id: undefined,
  image,
  record: index,
  person: undefined,
  group: undefined,
})

test('gives each side back once, in any order', async t => {
  const waiting = new WaitingSides()
  for (const index of [4, 9, 2]) waiting.add(side(index))
  t.strictSame([waiting.size, waiting.first?.index], [3, 4])
  t.equal(waiting.take(9)?.index, 9)
  t.equal(waiting.take(9), undefined)
  t.equal(waiting.take(2)?.index, 2)
  t.equal(waiting.take(4)?.index, 4)
  t.strictSame([waiting.size, waiting.first], [0, undefined])
})

test('copies images, and forgets those beyond the limit until others are gone', async t => {
  const waiting = new WaitingSides()
  const half = new Uint8Array(MAX_WAITING_IMAGE_BYTES / 2).fill(1)
  waiting.add(side(0, half))
  half.fill(2)
  waiting.add(side(1, half))
  waiting.add(side(2, Uint8Array.of(3)))
  t.equal(waiting.take(2)!.image, undefined)
  t.equal(waiting.take(0)!.image![5], 1)
  waiting.add(side(3, Uint8Array.of(3)))
  t.strictSame([...waiting.take(3)!.image!], [3])
  t.equal(waiting.take(1)!.image![5], 2)
})
