import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { DataError } from '@tiny-face/safe-files'
import sharp from 'sharp'
import { test } from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeImage, encodePng, MAX_IMAGE_PIXELS } from '../../src/index.js'
import { opencvImage, opencvImages } from './opencv-images.js'

test('every kind of image decodes to just what OpenCV makes of it', async t => {
  for (const { name, image, height, width, pixels } of opencvImages) {
    t.strictSame(await decodeImage(image), { pixels, height, width }, name)
  }
})

/** The JPEG files in a file of any format: no marker FFD8FF or FFD9 occurs within the scans of these. */
function* jpegsIn(file: Uint8Array): Generator<Uint8Array> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  for (let end = 0; ; ) {
    const start = bytes.indexOf('ffd8ff', end, 'hex')
    if (start < 0) return
    end = bytes.indexOf('ffd9', start, 'hex') + 2
    yield bytes.subarray(start, end)
  }
}

test('200 real faces decode to the bits that OpenCV 5.0.0 and Pillow give', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  const hash = createHash('sha256')
  let count = 0
  for (const jpeg of jpegsIn(readFileSync(join(data, 'bin/lfw_dev.bin')))) {
    if (count++ < 200) hash.update((await decodeImage(jpeg)).pixels)
  }
  t.equal(count, 1200)
  t.equal(hash.digest('hex'), '9b1c3eca6b234e950506564d216ff618b71b318b12611f0c54c74f57bf50f390')
})

// libjpeg-turbo's fast integer DCT (dct_method JDCT_IFAST) gives TensorFlow's three faces to the bit; ours is the accurate one.
test("TensorFlow's decode_jpeg differs by its faster cosine transform only", async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  const npy = readFileSync(join(data, 'tfrecord/faces_first3_bgr_norm_f32.npy'))
  const bgr = new Float32Array(npy.buffer.slice(npy.byteOffset + 128))
  let at = 0
  let worst = 0
  let sum = 0
  for (const jpeg of jpegsIn(readFileSync(join(data, 'tfrecord/faces.tfrecord')))) {
    if (at === bgr.length) break
    const { pixels } = await decodeImage(jpeg)
    for (let i = 0; i < pixels.length; i++) {
      const level = bgr[at + i - (i % 3) + (2 - (i % 3))]! * 128 + 127.5
      const difference = Math.abs(level - pixels[i]!)
      worst = Math.max(worst, difference)
      sum += difference
    }
    at += pixels.length
  }
  t.equal(at, 3 * 112 * 112 * 3)
  console.log(`# levels apart: mean ${(sum / at).toFixed(3)}, at most ${worst}`)
  t.ok(sum / at < 1.2 && worst <= 12)
})

test('what is no whole image is a DataError', async t => {
  const { image } = opencvImage('colour JPEG with full chroma')
  const { image: png } = opencvImage('colour PNG')
  const refused = (bytes: Uint8Array, message: RegExp) => t.rejects(decodeImage(bytes), { name: 'DataError', message })
  await refused(new Uint8Array(0), /^expected a JPEG, PNG or PGM image, found no bytes$/)
  await refused(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /found 0x3c73766720786d6c$/)
  await refused(image.subarray(0, image.length - 40), /found a JPEG with a scan that ends before the image does$/)
  await refused(png.subarray(0, png.length - 40), /^expected a whole image, found /)
  await refused(image.subarray(0, 3), /^expected a whole image, found /)
})

test('a small file cannot ask for a huge image', async t => {
  const png = Buffer.from(await encodePng({ pixels: new Uint8Array(1), height: 1, width: 1 }))
  png.writeUInt32BE(2 ** 13 + 1, 16)
  png.writeUInt32BE(MAX_IMAGE_PIXELS / 2 ** 13, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  const message = `expected a smaller image, found one of more than ${MAX_IMAGE_PIXELS} pixels`
  await t.rejects(decodeImage(png), { name: 'DataError', message })
})

test('a colour profile is not applied', async t => {
  const { pixels, height, width } = opencvImage('colour PNG')
  const rgb = sharp(pixels, { raw: { height, width, channels: 3 } })
  const profiled = await rgb.withIccProfile('p3').png().toBuffer()
  const chunk = profiled.indexOf('iCCP') - 4
  t.ok(chunk > 0)
  const bare = Buffer.concat([
    profiled.subarray(0, chunk),
    profiled.subarray(chunk + 12 + profiled.readUInt32BE(chunk)),
  ])
  t.strictSame(await decodeImage(profiled), await decodeImage(bare))
})

test('every truncation of a JPEG and a PNG, and flipped bits: an image or a DataError', async t => {
  for (const name of ['colour JPEG with subsampled chroma', 'PNG with alpha']) {
    const { image } = opencvImage(name)
    const inputs = [
      ...Array.from({ length: 60 }, (_, i) => image.subarray(0, Math.floor((i * image.length) / 60))),
      ...Array.from({ length: 120 }, (_, i) => {
        const flipped = image.slice()
        flipped[Math.floor((i * image.length) / 120)]! ^= 1 << (i % 8)
        return flipped
      }),
    ]
    let refused = 0
    for (const input of inputs) {
      try {
        await decodeImage(input)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        refused++
      }
    }
    t.ok(refused >= 60, `${name}: ${refused} refused`)
  }
})
