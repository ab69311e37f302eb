import { test } from 'tap'
import { mirror } from '../../src/index.js'

test('columns go from right to left, channels stay', async t => {
  const rgb = {
    pixels: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19]),
    height: 2,
    width: 3,
  }
  t.strictSame(mirror(rgb), {
    pixels: new Uint8Array([7, 8, 9, 4, 5, 6, 1, 2, 3, 17, 18, 19, 14, 15, 16, 11, 12, 13]),
    height: 2,
    width: 3,
  })
  t.strictSame(mirror(mirror(rgb)), rgb)
  t.strictSame(
    mirror({ pixels: new Uint8Array([1, 2, 3, 4]), height: 1, width: 4 }).pixels,
    new Uint8Array([4, 3, 2, 1]),
  )
  t.throws(() => mirror({ pixels: new Uint8Array(8), height: 2, width: 2 }), RangeError)
})
