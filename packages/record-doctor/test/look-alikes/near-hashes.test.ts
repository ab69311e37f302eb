import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { bitCount, type Hash64 } from '../../src/look-alikes/hash64.js'
import { nearHashes } from '../../src/look-alikes/near-hashes.js'

const numRuns = Number(process.env.TINY_FACE_RUNS ?? 500)

const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

/** Hashes in clusters: some centres, and for each hash a centre and up to 16 of its bits changed. */
const clustered = fc
  .array(bits, { minLength: 1, maxLength: 4 })
  .chain(centres =>
    fc.array(
      fc.record({
        centre: fc.constantFrom(...centres),
        changed: fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 16 }),
      }),
      { maxLength: 60 },
    ),
  )
  .map(members =>
    members.map(({ centre, changed }) => changed.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), centre)),
  )

const halves = (hash: bigint): Hash64 => ({ high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) })

function found(hashes: bigint[], radius: number, flip: bigint): string[] {
  const pairs: string[] = []
  nearHashes(
    {
      high: Uint32Array.from(hashes, hash => halves(hash).high),
      low: Uint32Array.from(hashes, hash => halves(hash).low),
    },
    { radius, flip: halves(flip) },
    (a, b) => pairs.push(`${a} ${b}`),
  )
  return pairs.sort()
}

/** Each with each, bits counted in text. */
function bruteForce(hashes: bigint[], radius: number, flip: bigint): string[] {
  const pairs: string[] = []
  for (let a = 0; a < hashes.length; a++) {
    for (let b = a + 1; b < hashes.length; b++) {
      const differing = (hashes[a]! ^ hashes[b]! ^ flip).toString(2).replaceAll('0', '').length
      if (differing <= radius) pairs.push(`${a} ${b}`)
    }
  }
  return pairs.sort()
}

test('finds exactly the pairs that comparing each with each finds, once', async t => {
  let pairs = 0
  fc.assert(
    fc.property(clustered, fc.integer({ min: 0, max: 11 }), fc.oneof(fc.constant(0n), bits), (hashes, radius, flip) => {
      const expected = bruteForce(hashes, radius, flip)
      pairs += expected.length
      assert.deepEqual(found(hashes, radius, flip), expected)
    }),
    { numRuns },
  )
  // The cases are drawn: few have no pair at all, but how many there are differs from run to run.
  t.ok(pairs > numRuns / 4, `${pairs} pairs were there to be found`)
})

test('with a flip finds what is near the flipped', async t => {
  const flip = 0xffff_0000_ffff_0000n
  const hash = 0x0123_4567_89ab_cdefn
  t.strictSame(found([hash, hash ^ flip, hash ^ flip ^ 0b1011n, hash], 3, flip), ['0 1', '0 2', '1 3', '2 3'])
})

test('equal hashes are all pairs', async t => {
  t.equal(found(Array<bigint>(100).fill(7n), 0, 0n).length, 4950)
})

test('no hashes, no pairs; no radius that would not be exact', async t => {
  t.strictSame(found([], 8, 0n), [])
  t.throws(() => found([1n], 12, 0n), RangeError)
})

test('counts bits', async t => {
  for (const number of [0, 1, 0x80000000, 0xffffffff, 0x12345678]) {
    t.equal(bitCount(number), number.toString(2).replaceAll('0', '').length)
    t.equal(bitCount(number | 0), bitCount(number), 'signed as well')
  }
})
