import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import sharp from 'sharp'
import { type Test, test } from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeImage, encodeJpeg, encodePng, looksDamaged, type Pixels } from '../../src/index.js'
import { damagedJpeg } from './damaged-jpeg.js'

const SIZE = 112

/** A picture that is nowhere of one colour. */
function picture(level: (x: number, y: number) => number[]): Pixels {
  const pixels = new Uint8Array(SIZE * SIZE * 3)
  for (let i = 0; i < SIZE * SIZE; i++) {
    level(i % SIZE, Math.floor(i / SIZE)).forEach((value, channel) => {
      pixels[i * 3 + channel] = value
    })
  }
  return { pixels, height: SIZE, width: SIZE }
}

const waves = (x: number, y: number) => [128 + 90 * Math.sin(x / 9), 128 + 90 * Math.cos(y / 7), (x * 5 + y * 3) % 256]

async function tracesOf(image: Uint8Array): Promise<string | undefined> {
  return looksDamaged(image, await decodeImage(image))
}

test('a stretch of zero bytes', async t => {
  const jpeg = await encodeJpeg(picture(waves), 90)
  t.equal(await tracesOf(jpeg), undefined)
  const scan = Buffer.from(jpeg).indexOf('ffda', 'hex') + 14
  let decoded = 0
  for (let at = scan; at + 20 < jpeg.length - 2; at += 97) {
    const damaged = damagedJpeg(jpeg, 'zero', at, 20)
    try {
      t.match(await tracesOf(damaged), /zero bytes in a row/)
      decoded++
    } catch (error) {
      if (!(error instanceof DataError)) throw error
    }
  }
  t.ok(decoded > 5, `${decoded} decode`)
})

test('zero bytes that stand for one colour are no damage', async t => {
  for (const colour of [
    [0, 0, 0],
    [255, 255, 255],
    [128, 128, 128],
    [200, 10, 30],
  ]) {
    const { pixels, height, width } = picture(() => colour)
    const image = await sharp(pixels, { raw: { height, width, channels: 3 } })
      .jpeg({ optimizeCoding: true })
      .toBuffer()
    t.ok(image.includes(Buffer.alloc(16)), 'it has such zeros')
    t.equal(await tracesOf(image), undefined)
  }
})

test('brightness that no picture has', async t => {
  const { pixels, height, width } = picture(() => [0, 0, 0])
  const raw = sharp(pixels, { raw: { height, width, channels: 3 } })
  const black = await raw.jpeg({ quality: 90, optimizeCoding: false }).toBuffer()
  t.equal(await tracesOf(black), undefined)
  // The first block's DC value is -1024 / 3 = -341: the standard's code for 9 bits, and those bits. All zero, they are -511.
  const scan = black.indexOf('ffda', 'hex') + 14
  const code = black.readUInt32BE(scan)
  t.equal(code >>> 25, 0b1111110)
  black.writeUInt32BE((code & ~(0x1ff << 16)) >>> 0, scan)
  t.equal(await tracesOf(black), 'brightness beyond black and white in its scan')
})

/** What a decoder makes of the part of the picture that comes before a block: the rest is of one colour. */
function cutPicture(column: number, row: number, colour: number[]): Pixels {
  return picture((x, y) => (y < row || (y < row + 16 && x < column) ? waves(x, y) : colour))
}

test('one colour from within the picture to its end', async t => {
  const trace = 'one colour from within the picture to its end'
  const grey = [128, 128, 128]
  for (const [name, cut] of Object.entries({
    'grey from the middle of a row': cutPicture(48, 48, grey),
    'grey from the beginning of a row': cutPicture(0, 64, grey),
    'grey in the last row of blocks': cutPicture(64, 96, grey),
    'another colour from the middle of a row': cutPicture(48, 48, [30, 60, 90]),
  })) {
    t.equal(await tracesOf(await encodePng(cut)), trace, `${name}, PNG`)
    t.equal(await tracesOf(await encodeJpeg(cut, 85)), trace, `${name}, JPEG`)
  }
  const border = (x: number, y: number) => x < 20 || x > 90 || y < 16 || y > 96
  for (const [name, whole] of Object.entries({
    'a black part below': cutPicture(0, 64, [0, 0, 0]),
    'a frame of grey': picture((x, y) => (border(x, y) ? grey : waves(x, y))),
    'a picture in a corner': picture((x, y) => (x > 60 || y > 90 ? [0, 0, 0] : waves(x, y))),
    'a picture that was turned': picture((x, y) => (x + 3 * y > 300 ? [0, 0, 0] : waves(x, y))),
    'one colour': picture(() => grey),
  })) {
    t.equal(await tracesOf(await encodePng(whole)), undefined, `${name}, PNG`)
    t.equal(await tracesOf(await encodeJpeg(whole, 85)), undefined, `${name}, JPEG`)
  }
  const tiny = { pixels: new Uint8Array(3), height: 1, width: 1 }
  t.equal(looksDamaged(await encodePng(tiny), tiny), undefined)
})

test('real faces: every copy with a zeroed part of its scan is told, and no whole one', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  const faces = facesOf(readFileSync(join(data, 'recordio/lfw_min10/train.rec')))
  t.equal(faces.length, 4324)
  const told = { policy: 0, traces: 0, nothing: 0 }
  for (let i = 0; i < 150; i++) {
    const face = faces[i * 28]!
    const scan = face.indexOf('ffda', 'hex') + 14
    const length = 16 + ((i * 101) % 497)
    const at = scan + ((i * 7919) % (face.length - 2 - length - scan))
    told[await toldBy(damagedJpeg(face, 'zero', at, length))]++
  }
  console.log(`# refused ${told.policy}, looks damaged ${told.traces}, not told ${told.nothing}`)
  t.equal(told.nothing, 0)
  allWhole(t, faces)
})

async function toldBy(image: Uint8Array): Promise<'policy' | 'traces' | 'nothing'> {
  try {
    return (await tracesOf(image)) === undefined ? 'nothing' : 'traces'
  } catch (error) {
    if (error instanceof DataError) return 'policy'
    throw error
  }
}

/** By their scans alone: decoding 4,324 faces would take seconds. */
function allWhole(t: Test, faces: Uint8Array[]): void {
  const varied = picture(waves)
  for (const face of faces) {
    const trace = looksDamaged(face, varied)
    if (trace !== undefined) t.fail(trace)
  }
}

/** The JPEG files in a RecordIO file: none of its faces holds ffd8ff or ffd9 within its scan. */
function facesOf(file: Buffer): Buffer[] {
  const faces: Buffer[] = []
  for (let start = file.indexOf('ffd8ff', 0, 'hex'); start >= 0; ) {
    const end = file.indexOf('ffd9', start, 'hex') + 2
    faces.push(file.subarray(start, end))
    start = file.indexOf('ffd8ff', end, 'hex')
  }
  return faces
}
