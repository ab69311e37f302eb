import { readFileSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { decodeImage, soundImage } from '../../src/index.js'
import { damagedJpeg } from './damaged-jpeg.js'
import { opencvImage } from './opencv-images.js'

// What OpenCV makes of the oddities that pass is in opencv-images.json, and decode-image.test.ts compares the pixels.

test('what passes is given to the decoder as it is, and a mended header in a copy', async t => {
  const { image } = opencvImage('colour JPEG with subsampled chroma')
  t.equal(soundImage(image).bytes, image)
  const odd = opencvImage('JPEG with the scan header of a Samsung phone').image
  const before = Uint8Array.from(odd)
  const mended = soundImage(odd).bytes
  t.strictSame(odd, before, 'the bytes given stay as they are')
  t.equal(mended.length, odd.length)
  t.strictSame(
    [...mended.keys()].filter(at => mended[at] !== odd[at]).map(at => mended[at]),
    [63],
  )
})

interface Warned {
  name: string
  image: string
  /** How, where, bytes, and whether libjpeg warned as OpenCV decoded the image with this damage. */
  damage: [how: 'zero' | 'flip' | 'cut', at: number, length: number, warned: boolean][]
}

const warned: Warned[] = JSON.parse(readFileSync(new URL('./opencv-warnings.json', import.meta.url), 'utf8'))

test('all that libjpeg warns of in a scan is refused, and little else', async t => {
  let warnings = 0
  let refusals = 0
  for (const { name, image, damage } of warned) {
    const jpeg = new Uint8Array(Buffer.from(image, 'base64'))
    t.equal(soundImage(jpeg).bytes, jpeg, `${name}: whole`)
    for (const [how, at, length, isWarned] of damage) {
      const fault = await faultOf(damagedJpeg(jpeg, how, at, length))
      if (isWarned) warnings++
      if (fault !== undefined) refusals++
      if (isWarned && fault === undefined) t.fail(`${name}: ${how} ${length} at ${at} is not refused`)
      // What libjpeg does not notice: a block that is too long, and bytes left over that it had read ahead.
      if (!isWarned && fault !== undefined) t.match(fault, /a block of more than 64 values$|goes on behind the image$/)
    }
  }
  t.equal(warnings, 251)
  t.equal(refusals, REFUSALS)
})

/** Of 600 damaged images. */
const REFUSALS = 298

async function faultOf(image: Uint8Array): Promise<string | undefined> {
  try {
    await decodeImage(image)
    return undefined
  } catch (error) {
    if (error instanceof DataError) return error.found
    throw error
  }
}

test('damage that can be told has a name', async t => {
  const { image } = opencvImage('colour JPEG with full chroma')
  const found = async (bytes: Uint8Array, what: RegExp) => t.match(await faultOf(bytes), what)
  const scan = Buffer.from(image).indexOf('ffda', 'hex') + 14
  const end = image.length - 2
  await found(image.subarray(0, 100), /^a JPEG whose header is damaged or cut short$/)
  await found(image.subarray(0, scan + 40), /^a JPEG with a scan that ends before the image does$/)
  await found(damagedJpeg(image, 'zero', scan + 20, end - scan - 20), /^a JPEG with a scan /)
  await found(
    Buffer.concat([image.subarray(0, end), Buffer.from('abc'), image.subarray(end)]),
    /goes on behind the image$/,
  )
  const restarts = opencvImage('JPEG with restart markers').image
  const second = Buffer.from(restarts).indexOf('ffd1', 'hex')
  const renamed = Uint8Array.from(restarts)
  renamed[second + 1] = 0xd6
  await found(renamed, /^a JPEG with a scan without the restart marker that is due$/)
  await found(damagedJpeg(restarts, 'cut', second, 2), /^a JPEG with a scan /)
  const png = opencvImage('colour PNG').image
  const flipped = Uint8Array.from(png)
  flipped[png.length >> 1]! ^= 1
  await found(flipped, /^one that does not decode$/)
  await found(Buffer.concat([Buffer.from('BM'), Buffer.alloc(20)]), /^BMP$/)
})

test('a JPEG without its end marker is read where its scan is whole, and not where that cannot be known', async t => {
  const { image, pixels } = opencvImage('colour JPEG with full chroma')
  for (const cut of [1, 2]) t.strictSame((await decodeImage(image.subarray(0, image.length - cut))).pixels, pixels)
  const progressive = opencvImage('progressive JPEG').image
  t.match(await faultOf(progressive.subarray(0, progressive.length - 2)), /does not decode$/)
})

test('any bytes are an image or one DataError', async t => {
  let state = 1
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  let refused = 0
  for (const name of ['colour JPEG with subsampled chroma', 'JPEG with restart markers', 'CMYK JPEG']) {
    const { image } = opencvImage(name)
    for (let i = 0; i < 1500; i++) {
      const bytes = Uint8Array.from(image)
      for (let change = random(4); change >= 0; change--) bytes[3 + random(image.length - 3)] = random(256)
      try {
        soundImage(bytes.subarray(0, i % 3 === 0 ? random(image.length) : image.length))
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        refused++
      }
    }
  }
  t.ok(refused > 1500, `${refused} refused`)
})
