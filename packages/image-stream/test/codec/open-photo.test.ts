import sharp from 'sharp'
import { test } from 'tap'
import { decodeImage, MAX_IMAGE_PIXELS, openPhoto } from '../../src/index.js'
import { opencvImages } from './opencv-images.js'

/** A picture whose red, green and blue grow along x, along y and along both. */
const gradient = (width: number, height: number) => {
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height]
    pixels.set([255 * x, 255 * y, 127 * (x + y)], i * 3)
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

test('a photo that is not reduced has the pixels that OpenCV gives', async t => {
  for (const { name, image, pixels, height, width } of opencvImages) {
    const photo = await openPhoto(image)
    t.strictSame([photo.width, photo.height], [width, height], name)
    const whole = await photo.reduced(64)
    t.ok(Buffer.from(pixels).equals(whole.pixels), `${name}: the whole`)
    const part = await photo.part({ left: 3, top: 2, width: 5, height: 4 })
    const rows = [2, 3, 4, 5].map(y => pixels.subarray((y * width + 3) * 3, (y * width + 8) * 3))
    t.ok(Buffer.concat(rows).equals(part.pixels), `${name}: a part`)
  }
})

test('a reduced photo is the same picture in fewer pixels, whatever its format and orientation', async t => {
  const upright = await (await openPhoto(await gradient(600, 420).png().toBuffer())).reduced(50)
  t.strictSame([upright.width, upright.height], [50, 35])
  const turns = [
    [1, 0, false, false],
    [2, 0, true, false],
    [3, 180, false, false],
    [4, 0, false, true],
    [5, 270, true, false],
    [6, 270, false, false],
    [7, 90, true, false],
    [8, 90, false, false],
  ] as const
  for (const [orientation, angle, flop, flip] of turns) {
    // Stored so that its orientation makes it upright again: sharp turns first and mirrors then.
    const stored = gradient(600, 420).rotate(angle).flop(flop).flip(flip).withMetadata({ orientation })
    for (const [format, encoded] of [
      ['JPEG', stored.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
      ['WebP', stored.clone().webp({ lossless: true })],
    ] as const) {
      const photo = await openPhoto(await encoded.toBuffer())
      t.strictSame([photo.width, photo.height], [600, 420])
      const reduced = await photo.reduced(50)
      const farthest = Math.max(...reduced.pixels.map((value, i) => Math.abs(value - upright.pixels[i]!)))
      t.ok(farthest <= 4, `${format}, orientation ${orientation}: at most ${farthest} levels away`)
      const part = await photo.part({ left: 500, top: 10, width: 7, height: 5 })
      const middle = [255 * (503 / 600), 255 * (12 / 420), 127 * (503 / 600 + 12 / 420)]
      const found = part.pixels.subarray((2 * 7 + 3) * 3, (2 * 7 + 4) * 3)
      t.ok(
        middle.every((value, channel) => Math.abs(value - found[channel]!) <= 4),
        `${format}, orientation ${orientation}: a part`,
      )
    }
  }
})

test('what is no photo, damaged or huge is said in one line', async t => {
  const jpeg = await gradient(64, 64).jpeg().toBuffer()
  const png = await gradient(64, 64).png().toBuffer()
  const formats = 'JPEG, PNG, PGM, WEBP, GIF, TIFF, AVIF'
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')
  await t.rejects(openPhoto(heic), { message: `expected a photo (${formats}), found HEIC (convert it to JPEG)` })
  await t.rejects(openPhoto(Buffer.from('no photo')), { message: /expected a photo .*, found 0x6e6f2070686f746f/ })
  const beginning = openPhoto(jpeg.subarray(0, 150)).then(photo => photo.reduced(32))
  await t.rejects(beginning, { message: /expected a whole image, found a JPEG whose header is damaged/ })
  const short = await openPhoto(jpeg.subarray(0, jpeg.length - 90))
  for (let time = 0; time < 2; time++) {
    await t.rejects(short.reduced(32), { message: /found a JPEG with a scan that ends before the image does/ })
  }
  const cut = await openPhoto(png.subarray(0, png.length - 200))
  await t.rejects(cut.reduced(32), { message: 'expected a whole image, found one that does not decode' })
  await t.rejects(cut.part({ left: 0, top: 50, width: 9, height: 9 }), { message: /does not decode/ })
  const huge = Buffer.from(png)
  huge.writeUInt32BE(2 ** 14, 16)
  huge.writeUInt32BE(2 ** 14, 20)
  await t.rejects(
    openPhoto(huge).then(photo => photo.reduced(32)),
    { message: `expected a smaller image, found one of more than ${MAX_IMAGE_PIXELS} pixels` },
  )
  await t.resolves(decodeImage(jpeg))
})
