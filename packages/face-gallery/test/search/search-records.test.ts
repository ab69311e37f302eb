import { writeFileSync } from 'node:fs'
import { type Begin, type DataMap, tensorOf } from '@tiny-face/record-stream'
import { calibrationJson } from '@tiny-face/verifier'
import { test } from 'tap'
import { cosineThreshold, MAX_WAITING, MAX_WAITING_BYTES, search, searchRecords } from '../../src/index.js'
import { calibrationFor } from '../calibration.js'
import { facesOf, galleryOf, MODEL } from '../faces.js'
import { scratch } from '../scratch.js'

const faces = facesOf(3, 2)
const gallery = galleryOf(faces)
const begin: Begin = { begin: 1, source: 'photos', model: MODEL }
const records = faces.map(
  ({ id, embedding }): DataMap => ({
    id,
    label: 9,
    embedding: tensorOf(embedding as Float32Array),
    image: Buffer.from(id),
  }),
)

function stream(maps: Iterable<DataMap>, begin: Begin) {
  return { begin, [Symbol.iterator]: () => maps[Symbol.iterator]() }
}

async function all<T>(things: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const thing of things) list.push(thing)
  return list
}

test('each record goes on with who it is', async t => {
  const options = { threshold: 0.5, top: 2 }
  const found = await all(searchRecords(gallery, stream(records, begin), options))
  const wanted = await search(gallery, faces, options)
  t.same(
    found,
    records.map((record, i) => ({ ...record, ...wanted[i]! })),
  )
  t.same(
    found.map(({ person }) => person),
    faces.map(({ person }) => person),
  )
  t.same(await all(searchRecords(gallery, stream([], begin), options)), [])
})

test('records wait for each other, so many and so large as has a limit, and keep their own bytes', async t => {
  let given = 0
  const bytes = Buffer.alloc(8)
  function* many(count: number, image: (i: number) => Uint8Array) {
    for (let i = 0; i < count; i++) {
      given++
      yield { ...records[i % 6]!, id: i, image: image(i) }
    }
  }
  const small = (i: number) => {
    bytes.writeUInt32LE(i)
    return bytes
  }
  const few = searchRecords(gallery, stream(many(MAX_WAITING + 3, small), begin), { threshold: 0.5 })
  const first = await few.next()
  t.equal(given, MAX_WAITING)
  const found = [first.value!, ...(await all(few))]
  t.same(
    found.map(({ id }) => id),
    Array.from({ length: MAX_WAITING + 3 }, (_, i) => i),
  )
  t.same(
    found.map(({ image }) => Buffer.from(image!).readUInt32LE()),
    found.map(({ id }) => id),
  )
  t.same(
    found.map(({ person }) => person),
    found.map(({ id }) => faces[(id as number) % 6]!.person),
  )

  given = 0
  const third = Buffer.alloc(MAX_WAITING_BYTES / 3)
  await searchRecords(
    gallery,
    stream(
      many(9, () => third),
      begin,
    ),
    { threshold: 0.5 },
  ).next()
  t.equal(given, 3)
})

test('bad records are told by source, place and id', async t => {
  const good = Array.from({ length: MAX_WAITING + 1 }, () => records[0]!)
  const wrong = (fields: DataMap) => stream([...good, { ...records[1]!, ...fields }], begin)
  const place = `photos: record ${MAX_WAITING + 1} (id photo 1)`
  for (const [fields, message] of [
    [{ embedding: undefined }, `${place}: no embedding: put arcface-embed before this command`],
    [
      { embedding: tensorOf(new Float32Array(16).fill(Number.NaN)) },
      `${place}: expected finite numbers in embedding, found NaN at [0]`,
    ],
    [
      { embedding: tensorOf(Float32Array.of(1)) },
      `${place}: expected an embedding of 16 numbers without flipped, as the gallery has, found 1 numbers without flipped`,
    ],
  ] as const)
    await t.rejects(all(searchRecords(gallery, wrong(fields), { threshold: 0 })), { name: 'DataError', message })
  const other = { ...begin, model: { ...MODEL, sha256: 'cd'.repeat(32) } }
  await t.rejects(all(searchRecords(gallery, stream(records, other), { threshold: 0 })), {
    message: /^photos: expected embeddings of a\.onnx \(ab.*\), as the gallery has, found of a\.onnx \(cd/,
  })
  await t.rejects(all(searchRecords(gallery, stream(records, { begin: 1 }), { threshold: 0 })), {
    message: /found of a model that is not named/,
  })
})

test('a threshold is a cosine, or a file of face-calibrate that is of such embeddings', async t => {
  t.equal(cosineThreshold('0.4', gallery), 0.4)
  t.equal(cosineThreshold('-1', gallery), -1)
  for (const text of ['1.5', '-2', 'Infinity'])
    t.throws(() => cosineThreshold(text, gallery), {
      message: `threshold, expected a cosine similarity from -1 to 1, found ${text}`,
    })
  const file = scratch('threshold.json')
  writeFileSync(file, calibrationJson(calibrationFor(MODEL)))
  t.equal(cosineThreshold(file, gallery), 0.75)
  t.throws(() => cosineThreshold(file, { ...gallery, flip: true }), {
    message: /expected a calibration for embeddings of 16 numbers with mirror images/,
  })
  t.throws(() => cosineThreshold(`${file}.none`, gallery), { code: 'ENOENT' })
  t.throws(() => cosineThreshold('', gallery), { code: 'ENOENT' })
})
