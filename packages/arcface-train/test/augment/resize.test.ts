import t from 'tap'
import { area, cubic, lanczos4, linear, nearest, resize } from '../../src/augment/resize.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

const INTERPOLATIONS = { nearest, linear, area, cubic, lanczos4 }

t.test('each interpolation is that of OpenCV, whose fixed point rounds a value by one', async t => {
  for (const [name, interpolation] of Object.entries(INTERPOLATIONS)) {
    const smaller = resize(IMAGE, { height: 4, width: 7 }, interpolation)
    const larger = resize(IMAGE, { height: 17, width: 23 }, interpolation)
    const most = name === 'nearest' ? 0 : 1
    t.ok(
      difference(smaller, PEERS.smaller[name]!) <= most,
      `${name}: smaller ${difference(smaller, PEERS.smaller[name]!)}`,
    )
    t.ok(difference(larger, PEERS.larger[name]!) <= most, `${name}: larger ${difference(larger, PEERS.larger[name]!)}`)
  }
})

t.test('an image of the same size stays as it is, and one colour stays that colour', async t => {
  const plain = { pixels: new Uint8Array(6 * 5 * 3).fill(77), height: 6, width: 5 }
  for (const [name, interpolation] of Object.entries(INTERPOLATIONS)) {
    t.strictSame(resize(IMAGE, IMAGE, interpolation), IMAGE, name)
    t.ok(
      resize(plain, { height: 9, width: 3 }, interpolation).pixels.every(value => value === 77),
      name,
    )
  }
})
