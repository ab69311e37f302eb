import { join } from 'node:path'
import { openSession } from '@tiny-face/onnx-session'
import { type DataMap, type Tensor, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { embedRecords } from '../src/embed.js'
import type { FaceModel } from '../src/face-model.js'
import { inputFiller } from '../src/network-input.js'
import { openModel } from '../src/open-model.js'
import { PRESETS } from '../src/preprocess.js'
import { firstJpegs, readNpy } from './golden.js'
import { testPixels, tinyEmbedder } from './tiny-embedder.js'

const [HEIGHT, WIDTH] = [2, 3]
const SHAPE = { layout: 'nchw', height: HEIGHT, width: WIDTH } as const
const IMAGE_SIZE = HEIGHT * WIDTH * 3

async function tiny(batch: number | null): Promise<FaceModel> {
  const session = await openSession(tinyEmbedder([batch ?? 'batch', 3, HEIGHT, WIDTH]), { threads: 1 })
  return {
    file: 'tiny.onnx',
    shape: SHAPE,
    normalisation: PRESETS['mxnet-bgr'],
    alignment: 'arcface',
    batch,
    async embed(data, images) {
      const results = await session.run({ face: { dtype: 'float32', shape: [images, 3, HEIGHT, WIDTH], data } })
      return results.vector!.data as Float32Array
    },
    close: () => session.close(),
  }
}

function valuesOf(tensor: Tensor | undefined): number[] {
  return [...new Float32Array(Uint8Array.from(tensor!.data).buffer)]
}

function seenBy(pixels: Uint8Array, mirrored: boolean): number[] {
  const input = new Float32Array(IMAGE_SIZE)
  inputFiller(PRESETS['mxnet-bgr'], SHAPE)(input, 0, pixels, mirrored)
  return [...input]
}

/** Records as a reader gives them: their bytes are overwritten as soon as the next one is asked for. */
function* reusedRecords(count: number): Generator<DataMap> {
  const buffer = new Uint8Array(IMAGE_SIZE)
  for (let i = 0; i < count; i++) {
    buffer.set(testPixels(HEIGHT, WIDTH, i))
    yield { id: `r${i}`, label: i, other: { kept: [i] }, pixels: tensorOf(buffer, [HEIGHT, WIDTH, 3]) }
    buffer.fill(0)
  }
}

async function collect(records: AsyncIterable<DataMap>): Promise<DataMap[]> {
  const all: DataMap[] = []
  for await (const record of records) all.push(record)
  return all
}

for (const batch of [null, 1, 4])
  for (const batchSize of [1, 5, 32])
    t.test(`a model of batch ${batch ?? 'any'}, ${batchSize} at a time`, async t => {
      const records = await collect(embedRecords(reusedRecords(11), await tiny(batch), { flip: true, batchSize }))
      t.equal(records.length, 11)
      for (const [i, { embedding, flipped, ...rest }] of records.entries()) {
        const pixels = testPixels(HEIGHT, WIDTH, i)
        t.same(rest, { id: `r${i}`, label: i, other: { kept: [i] }, pixels: tensorOf(pixels, [HEIGHT, WIDTH, 3]) })
        t.match(embedding, { dtype: 'float32', shape: [IMAGE_SIZE] })
        t.same(valuesOf(embedding), seenBy(pixels, false))
        t.same(valuesOf(flipped), seenBy(pixels, true))
      }
    })

t.test('embeddings of another network are replaced or dropped', async t => {
  const old = tensorOf(Float32Array.of(1, 2))
  const pixels = tensorOf(testPixels(HEIGHT, WIDTH, 0), [HEIGHT, WIDTH, 3])
  const [record] = await collect(embedRecords([{ embedding: old, flipped: old, pixels }], await tiny(1)))
  t.same(record!.embedding!.shape, [IMAGE_SIZE])
  t.notOk('flipped' in record!)
})

t.test('no records, no embeddings', async t => {
  t.same(await collect(embedRecords([], await tiny(1))), [])
})

t.test('no more than two batches are held', async t => {
  let read = 0
  function* counted() {
    for (const record of reusedRecords(40)) {
      read++
      yield record
    }
  }
  let given = 0
  for await (const _ of embedRecords(counted(), await tiny(null), { batchSize: 4 })) {
    t.ok(read - given <= 8, `${read} read, ${given} given`)
    given++
  }
  t.equal(given, 40)
})

t.test('a record that cannot be embedded is named', async t => {
  const good: DataMap = { pixels: tensorOf(testPixels(HEIGHT, WIDTH, 0), [HEIGHT, WIDTH, 3]) }
  const other = testPixels(WIDTH, HEIGHT, 0)
  const wrong: [record: DataMap, message: string | RegExp][] = [
    [
      { id: 7, payload: Uint8Array.of(1) },
      'faces.rec: record 2 (id 7): expected a record with an image, found none in it',
    ],
    [{ image: Uint8Array.of(0xff, 0xd8, 0xff, 0) }, /^faces\.rec: record 2: [^\n]+$/],
    [{ image: new Uint8Array(0) }, /^faces\.rec: record 2: [^\n]+$/],
    [
      { id: 'a', pixels: tensorOf(other, [WIDTH, HEIGHT, 3]) },
      'faces.rec: record 2 (id a): expected an image of 3x2 pixels, which the network takes, found 2x3',
    ],
    [
      { pixels: tensorOf(other, [WIDTH, HEIGHT * 3]) },
      'faces.rec: record 2: expected pixels of uint8 [height, width, 3], found uint8 [3, 6] in 18 bytes',
    ],
    [
      { pixels: { dtype: 'uint8', shape: [HEIGHT, WIDTH, 3], data: new Uint8Array(3) } },
      'faces.rec: record 2: expected pixels of uint8 [height, width, 3], found uint8 [2, 3, 3] in 3 bytes',
    ],
  ]
  for (const [record, message] of wrong)
    for (const batchSize of [1, 8]) {
      const records = embedRecords([good, good, record, good], await tiny(1), { source: 'faces.rec', batchSize })
      await t.rejects(collect(records), { name: 'DataError', message })
    }
})

const data = sharedData()
t.test(
  'real faces through a real network, as OpenCV and onnxruntime for Python saw them',
  { skip: data === undefined },
  async t => {
    const model = await openModel(join(data!, 'models/foamliu_MobileFaceNet.onnx'), {
      preprocess: 'imagenet',
      threads: 1,
    })
    const records = firstJpegs(join(data!, 'bin/lfw_dev.bin'), 8).map(image => ({ image }))
    const embedded = await collect(embedRecords(records, model, { flip: true, batchSize: 3 }))
    const golden = {
      embedding: readNpy(join(data!, 'golden/lfw_dev_emb_orig.npy')),
      flipped: readNpy(join(data!, 'golden/lfw_dev_emb_flip.npy')),
    }
    for (const field of ['embedding', 'flipped'] as const)
      for (const [i, record] of embedded.entries()) {
        const expected = golden[field].subarray(i * 128, (i + 1) * 128)
        const values = valuesOf(record[field])
        const distance = Math.hypot(...values.map((value, j) => value - expected[j]!)) / Math.hypot(...expected)
        t.ok(distance < 1e-5, `${field} of image ${i} is ${distance} off, relative to its length`)
      }
  },
)
