import { test } from 'tap'
import { decodeImage, encodePng, imageFormat, resizeImage, writePgm } from '../../src/index.js'
import { opencvImage } from './opencv-images.js'

test('fills the square without a bar, and cuts off evenly', async t => {
  // Rows of 100 at the top and at the bottom, 4 of 28; 200 between them.
  const pixels = Uint8Array.from({ length: 28 * 20 }, (_, i) => (i < 80 || i >= 480 ? 100 : 200))
  const png = await resizeImage(writePgm({ pixels, height: 28, width: 20 }), 20)
  t.equal(imageFormat(png), 'png')
  t.equal(png[25], 0, 'grey stays grey')
  const { height, width, pixels: resized } = await decodeImage(png)
  t.strictSame([height, width], [20, 20])
  t.ok(
    resized.every(level => level === 200),
    'scale 1: just the middle 20 rows are left',
  )
})

test('a gradient stays a gradient', async t => {
  const size = 64
  const pixels = Uint8Array.from(
    { length: size * size * 3 },
    (_, i) => (i % 3 === 1 ? Math.floor(i / 3) % size : 7) * 3,
  )
  const small = await decodeImage(await resizeImage(await encodePng({ pixels, height: size, width: size }), 16))
  for (let column = 1; column < 15; column++) {
    const [red, green] = small.pixels.subarray((5 * 16 + column) * 3)
    t.ok(Math.abs(green! - (column * 4 + 1.5) * 3) <= 1 && red === 21, `column ${column}`)
  }
})

test('an image turned by EXIF comes upright, a damaged one not at all', async t => {
  const turned = opencvImage('JPEG turned by EXIF')
  const size = Math.min(turned.height, turned.width)
  const { pixels } = await decodeImage(await resizeImage(turned.image, size))
  // Cut evenly out of what OpenCV sees.
  const column = Math.floor((turned.width - size) / 2)
  const expected = [...pixels.keys()].map(i => {
    const row = Math.floor(i / (size * 3))
    return turned.pixels[(row * turned.width + column) * 3 + (i % (size * 3))]!
  })
  const shifted = expected.map((value, i) => Math.abs(value - pixels[i]!))
  t.ok(shifted.reduce((a, b) => a + b) / expected.length < 12, 'but for half a column')
  await t.rejects(resizeImage(turned.image.subarray(0, 500), 10), { name: 'DataError' })
  await t.rejects(resizeImage(Buffer.from('GIF89a'), 10), { name: 'DataError' })
})
