import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import sharp from 'sharp'
import t from 'tap'
import { encodeExample, type Feature, openShards, readShards } from '../../src/index.js'
import { fakeImage, runs, tfrecordOf } from '../fixtures.js'

const int = (value: number): Feature => ({ kind: 'int64', values: BigInt64Array.of(BigInt(value)) })
const bytes = (value: Uint8Array): Feature => ({ kind: 'bytes', values: [value] })

/** A file of one Example, as TensorFlow's tutorial for MNIST has it. */
function fileOf(folder: string, image: Uint8Array, sizes: Record<string, number>): string {
  const path = join(folder, 'raw.tfrecord')
  const features: [string, Feature][] = Object.entries(sizes).map(([name, size]) => [name, int(size)])
  const example = encodeExample(new Map([['image_raw', bytes(image)], ['label', int(7)], ...features]))
  writeFileSync(path, tfrecordOf([example]))
  return path
}

async function decoded(png: Uint8Array) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  return { pixels: [...data], height: info.height, width: info.width, channels: info.channels }
}

t.test('pixels of any size, grey and RGB, come out as PNG, each as it was', async t => {
  const folder = t.testdir()
  const image = fc
    .record({
      height: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 40 }),
      depth: fc.constantFrom(1, 3),
    })
    .chain(sizes => {
      const length = sizes.height * sizes.width * sizes.depth
      return fc.record({ sizes: fc.constant(sizes), pixels: fc.uint8Array({ minLength: length, maxLength: length }) })
    })
    // Three bytes may look like a JPEG's first, or more like another format's: such is taken for one.
    .filter(({ pixels }) => pixels[0] !== 0xff && pixels[0] !== 0x50)
  await fc.assert(
    fc.asyncProperty(image, async ({ sizes: { height, width, depth }, pixels }) => {
      const [record] = readShards([fileOf(folder, pixels, { height, width, depth })])
      const { channels, ...found } = await decoded(record!.image!)
      // sharp gives a grey PNG of 8 bits three channels, all the same, or one.
      const expected = channels === depth ? [...pixels] : [...pixels].flatMap(grey => [grey, grey, grey])
      return record!.label === 7 && isDeepStrictEqual(found, { pixels: expected, height, width })
    }),
    { numRuns: runs(60) },
  )
})

t.test('the depth may be called channels, or be absent; the names may have image/ in front', async t => {
  const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => 5 * i)
  for (const sizes of [
    { height: 2, width: 3 },
    { height: 2, width: 3, channels: 3 },
    { 'image/height': 2, 'image/width': 3, 'image/channels': 3 },
  ]) {
    const path = fileOf(t.testdir(), pixels, sizes as unknown as Record<string, number>)
    const [record] = readShards([path])
    t.match(await decoded(record!.image!), { pixels: [...pixels], height: 2, width: 3 })
    const reader = openShards(path)
    t.match(await decoded(reader.read(0).image), { pixels: [...pixels] }, 'for training, too')
    reader.close()
  }
})

t.test('an encoded image stays as it is, whatever sizes stand beside it; so do pixels where all is copied', t => {
  const path = fileOf(t.testdir(), fakeImage(1), { height: 112, width: 112, depth: 3 })
  t.same([...readShards([path])][0]!.image, fakeImage(1))
  const pixels = Buffer.alloc(12, 7)
  const raw = fileOf(t.testdir(), pixels, { height: 2, width: 2, depth: 3 })
  t.same([...readShards([raw], { all: true })][0]!.image, pixels)
  t.end()
})

t.test('pixels that are more or fewer than the sizes say are told, with the place', t => {
  const cases: [Record<string, number>, string][] = [
    [{ height: 2, width: 2, depth: 3 }, 'a JPEG, a PNG, or 2 x 2 x 3 bytes of pixels, found 11 bytes'],
    [{ height: 2, width: 2 }, 'a JPEG, a PNG, or 2 x 2 x 1 or 3 bytes of pixels, found 11 bytes'],
    [{ height: 1, width: 11, depth: 4 }, 'a JPEG, a PNG, or 1 x 11 x 4 bytes of pixels, found 11 bytes'],
  ]
  for (const [sizes, message] of cases) {
    const path = fileOf(t.testdir(), Buffer.alloc(11, 7), sizes)
    t.throws(() => [...readShards([path])], {
      name: 'DataError',
      message: `${path}: byte 0: record 0: expected ${message}`,
    })
    t.throws(() => openShards(path).read(0), { message: `${path}: byte 0: record 0: expected ${message}` })
  }
  t.end()
})
