import { decodeImage, encodePng } from '@tiny-face/image-stream'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { type AlignedRecords, type AlignRecordsOptions, alignRecords } from '../src/align-records.js'
import type { FaceDetector } from '../src/detect/face-detector.js'
import { faceAt, fakeDetector } from './fake-detector.js'

const faces = [faceAt(20, 10, 30), faceAt(120, 40, 40)]
const pixels = Uint8Array.from({ length: 200 * 150 * 3 }, (_, i) => (i * i) >> 8)
const png = await encodePng({ pixels, width: 200, height: 150 })

async function align(records: DataMap[], detector: FaceDetector = fakeDetector(faces), options?: AlignRecordsOptions) {
  const all: AlignedRecords[] = []
  for await (const aligned of alignRecords(records, detector, options)) all.push(aligned)
  return all
}

test('a record of a face has the fields of its photo, but for what was of the photo itself', async t => {
  const [aligned, ...more] = await align([
    {
      id: 'a/1.jpg',
      label: 3,
      image: png,
      camera: 'M',
      pixels: tensorOf(new Uint8Array(3), [1, 1, 3]),
      embedding: tensorOf(new Float32Array(4)),
      flipped: tensorOf(new Float32Array(4)),
      recordio: { role: 'image' },
      example: Uint8Array.of(1),
      payload: Uint8Array.of(1),
    },
  ])
  t.strictSame([more, aligned!.photos, aligned!.bytes, aligned!.rejects], [[], 1, png.length, []])
  const { image, face, ...rest } = aligned!.faces[0]!
  t.strictSame(rest, { id: 'a/1.jpg', label: 3, camera: 'M' })
  const { width, height } = await decodeImage(image)
  t.strictSame([width, height], [112, 112])
  const { box, points, sharpness, yaw, pitch, roll, eyes, ...numbers } = face
  t.strictSame(numbers, { score: 0.9, index: 2, of: 2 })
  t.strictSame(
    box,
    faces[1]!.box.map(value => Math.round(value * 100) / 100),
  )
  t.strictSame(
    points[4],
    faces[1]!.points[4].map(value => Math.round(value * 100) / 100),
  )
  t.equal(eyes, 40)
  t.ok([sharpness!, pitch].every(Number.isFinite) && Math.abs(yaw) < 2 && Math.abs(roll) < 2)
})

test('all faces of a photo have its id and their number', async t => {
  const ids = async (id: DataMap['id']) => {
    const [aligned] = await align([{ id, image: png }], undefined, { faces: 'all' })
    return aligned!.faces.map(({ id }) => id)
  }
  t.strictSame(await ids('x.jpg'), ['x.jpg#1', 'x.jpg#2'])
  t.strictSame(await ids(17), ['17#1', '17#2'])
  t.strictSame(await ids(undefined), ['0#1', '0#2'])
})

test('a record may have pixels instead of an image', async t => {
  const [[fromImage], [fromPixels]] = await Promise.all([
    align([{ image: png }]),
    align([{ pixels: tensorOf(pixels, [150, 200, 3]) }]),
  ])
  // Bytes of images that differ are compared as a whole: to show where they do takes a test runner minutes.
  t.ok(Buffer.from(fromPixels!.faces[0]!.image).equals(fromImage!.faces[0]!.image))
  t.strictSame(fromPixels!.faces[0]!.face, fromImage!.faces[0]!.face)
  const grey = align([{ id: 4, pixels: tensorOf(pixels, [150, 600]) }], undefined, { source: 'x', skipDamaged: true })
  await t.rejects(grey, {
    message: 'x: record 0 (id 4): expected pixels of uint8 [height, width, 3], found uint8 [150,600]',
  })
  await t.rejects(align([{ id: 4 }]), { message: 'record 0 (id 4): expected an image or pixels, found neither' })
})

test('damaged photos are an error, or left out', async t => {
  const records = [
    { id: 'a', image: png },
    { id: 'b', image: png.subarray(0, 99) },
    { id: 'c', image: png },
  ]
  await t.rejects(align(records, undefined, { source: 'DIR' }), {
    message: /^DIR: record 1 \(id b\): expected a whole image, found one that does not decode$/,
  })
  const all = await align(records, undefined, { skipDamaged: true })
  t.strictSame(
    all.map(({ faces, rejects }) => [faces.map(({ id }) => id), rejects]),
    [
      [['a'], []],
      [[], [{ id: 'b', reason: 'damaged', message: 'expected a whole image, found one that does not decode' }]],
      [['c'], []],
    ],
  )
})

test('what a detector throws is no damage', async t => {
  const broken = { ...fakeDetector([]), detect: () => Promise.reject(new Error('out of memory')) }
  await t.rejects(align([{ image: png }], broken, { skipDamaged: true }), { message: 'out of memory' })
})

test('records come in their order, whatever takes how long, and hold their own bytes', async t => {
  const photos = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      encodePng({ pixels: new Uint8Array(200 * 150 * 3).fill(20 * i), width: 200, height: 150 }),
    ),
  )
  // As a reader's bytes are, which are others as soon as the next record is asked for.
  const shared = Buffer.alloc(Math.max(...photos.map(({ length }) => length)))
  function* reused() {
    for (const [id, photo] of photos.entries()) {
      shared.set(photo)
      yield { id, image: shared.subarray(0, photo.length) }
      shared.fill(0)
    }
  }
  const found: unknown[] = []
  for await (const aligned of alignRecords(reused(), fakeDetector(faces), { threads: 4 })) {
    const { id, image } = aligned.faces[0]!
    found.push([id, (await decodeImage(image)).pixels[3 * 112 * 56]])
  }
  t.strictSame(
    found,
    photos.map((_, i) => [i, 20 * i]),
  )
})

test('both photos of a pair become faces, or neither does', async t => {
  const side = (index: number, side: 0 | 1, size = 200): DataMap => {
    const part = pixels.subarray(0, size * 150 * 3)
    return { id: `${index}${side}`, pair: { index, side, same: true }, pixels: tensorOf(part, [150, size, 3]) }
  }
  // Only in a wide picture is there a face.
  const picky: FaceDetector = { ...fakeDetector([]), detect: async ({ width }) => (width === 200 ? [faces[0]!] : []) }
  const all = await align([side(0, 0), side(0, 1), side(1, 0), side(1, 1, 90), side(2, 0), side(2, 1)], picky)
  t.strictSame(
    all.map(({ photos, faces, rejects }) => [
      photos,
      faces.map(({ id, pair }) => `${id} ${pair!.index}`),
      rejects.map(({ id, reason }) => `${id} ${reason}`),
    ]),
    [
      [2, ['00 0', '01 0'], []],
      [2, [], ['11 no face', '10 other side of its pair']],
      [2, ['20 2', '21 2'], []],
    ],
  )
  const missing = /^record \d \(id \d\d\): expected the other side of pair \d behind it, found another record, or none$/
  await t.rejects(align([side(0, 0), side(1, 1)], picky), { message: missing })
  await t.rejects(align([side(0, 0)], picky), { message: missing })
  await t.rejects(align([side(0, 0), side(0, 1)], picky, { faces: 'all' }), { message: /needs one face of each photo/ })
})
