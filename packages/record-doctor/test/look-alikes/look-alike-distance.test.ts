import fc from 'fast-check'
import { test } from 'tap'
import { hashPictures, lookAlikeDistance, lookAlikeSpace } from '../../src/look-alikes/look-alike-distance.js'
import { MIRROR_BITS, MIRROR_SIGNS } from '../../src/look-alikes/mirror-signs.js'

const count = 50
const some = fc.sample(fc.int8Array({ minLength: 80 * count, maxLength: 80 * count, min: -127 }), {
  numRuns: 1,
  seed: 5,
})[0]!
const rows = Uint32Array.from({ length: count }, (_, row) => row)

test('mean and spread are those of the pictures, with eight grey ones', async t => {
  const { mean, spread } = lookAlikeSpace(some, rows)
  for (const k of [0, 1, 2, 41, 79]) {
    const values = [...rows].map(row => some[row * 80 + k]!)
    const average = MIRROR_SIGNS[k] === 1 ? values.reduce((a, b) => a + b) / (count + 8) : 0
    const squares = values.map(value => value ** 2).reduce((a, b) => a + b) + 8 * 38 ** 2
    t.ok(Math.abs(mean[k]! - average) < 1e-9)
    t.ok(Math.abs(spread[k]! - Math.sqrt(squares / (count + 8) - average ** 2)) < 1e-9)
  }
})

test('a distance is 0 to itself, the same both ways, and 2 to the opposite', async t => {
  const space = lookAlikeSpace(some, [])
  const pair = Int8Array.from([...some.subarray(0, 80), ...some.subarray(0, 80).map(value => -value)])
  t.equal(lookAlikeDistance(space, some, 3, 3), 0)
  t.equal(lookAlikeDistance(space, some, 3, 9), lookAlikeDistance(space, some, 9, 3))
  t.equal(lookAlikeDistance(space, pair, 0, 1), 2)
})

test('a mirrored picture is at 0 from its mirror image, and their hashes differ in the mirror’s bits', async t => {
  const image = some.slice(0, 80).map(value => value || 1) // no value is on the line between the signs
  const both = Int8Array.from([...image, ...image.map((value, k) => value * MIRROR_SIGNS[k]!)])
  const space = lookAlikeSpace(some, rows)
  t.equal(lookAlikeDistance(space, both, 0, 1, true), 0)
  t.ok(lookAlikeDistance(space, both, 0, 1) > 0.1)
  const { high, low } = hashPictures(space, both, [0, 1])
  t.equal((high[0]! ^ high[1]!) >>> 0, MIRROR_BITS.high)
  t.equal((low[0]! ^ low[1]!) >>> 0, MIRROR_BITS.low)
})

test('a bit is set where a value is above the mean', async t => {
  const space = lookAlikeSpace(some, rows)
  const { high, low } = hashPictures(space, some, [7])
  for (let k = 0; k < 64; k++) {
    const bit = k < 32 ? (low[0]! >>> k) & 1 : (high[0]! >>> (k - 32)) & 1
    t.equal(bit === 1, some[7 * 80 + k]! > space.mean[k]!)
  }
})
