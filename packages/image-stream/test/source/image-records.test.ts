import { join } from 'node:path'
import { test } from 'tap'
import { decodeImage, imageRecords, listPeople, openImageSource, writePgm } from '../../src/index.js'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'

const jpeg = opencvImage('progressive JPEG')
const png = opencvImage('PNG with alpha')
const grey = { pixels: Uint8Array.from({ length: 12 }, (_, i) => i * 20), height: 4, width: 3 }

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function* recordsOf(folder: string, options = {}) {
  const source = await openImageSource(folder)
  yield* imageRecords(source, listPeople(source).images, options)
}

test('JPEG and PNG come byte for byte, PGM as PNG', async t => {
  const folder = scratch(t, { 'anna/1.jpg': jpeg.image, 'anna/2.png': png.image, 'bob/1.pgm': writePgm(grey) })
  const [one, two, three] = await all(recordsOf(folder))
  t.strictSame({ ...one, image: new Uint8Array(one!.image) }, { id: 'anna/1.jpg', label: 0, image: jpeg.image })
  t.strictSame({ ...two, image: new Uint8Array(two!.image) }, { id: 'anna/2.png', label: 0, image: png.image })
  t.strictSame([three!.id, three!.label], ['bob/1.pgm', 1])
  t.strictSame(
    (await decodeImage(three!.image)).pixels.filter((_, i) => i % 3 === 0),
    grey.pixels,
  )
})

test('order is kept however many are read ahead, and sizes are as asked', async t => {
  const files = Array.from({ length: 50 }, (_, i) => [`p/${String(i).padStart(2, '0')}.jpg`, jpeg.image] as const)
  const folder = scratch(t, Object.fromEntries(files))
  const records = await all(recordsOf(folder, { size: 9 }))
  t.strictSame(
    records.map(({ id }) => id),
    files.map(([path]) => path),
  )
  for (const { image } of records) {
    const { height, width } = await decodeImage(image)
    if (height !== 9 || width !== 9) t.fail('another size')
  }
})

test('an image that does not decode is named, after all before it', async t => {
  const folder = scratch(t, {
    'anna/1.jpg': jpeg.image,
    'anna/2.jpg': jpeg.image.subarray(0, 300),
    'anna/3.jpg': Buffer.from('<html>not found</html>'),
  })
  for (const size of [undefined, 8]) {
    const seen: unknown[] = []
    const read = async () => {
      for await (const { id } of recordsOf(folder, { size })) seen.push(id)
    }
    await t.rejects(read(), { name: 'DataError', file: join(folder, 'anna/2.jpg'), expected: 'a whole image' })
    t.strictSame(seen, ['anna/1.jpg'])
  }
})
