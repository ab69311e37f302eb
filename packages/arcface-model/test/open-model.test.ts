import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataMap, type Tensor, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { embedRecords } from '../src/embed.js'
import { type FaceModel, openModel, runPaths } from '../src/index.js'
import { formatPreprocess, PREPROCESS_KEY, PRESETS, preprocessOf } from '../src/preprocess.js'
import { testPixels, tinyEmbedder } from './tiny-embedder.js'
import { trainedRun } from './trained-run.js'

const EMBEDDING_SIZE = 16

function faces(count: number): DataMap[] {
  return Array.from({ length: count }, (_, i) => ({ id: i, pixels: tensorOf(testPixels(112, 112, i), [112, 112, 3]) }))
}

function valuesOf({ data }: Tensor): Float32Array {
  return new Float32Array(Uint8Array.from(data).buffer)
}

async function embedded(model: FaceModel, count: number, batchSize: number): Promise<Float32Array[]> {
  const vectors: Float32Array[] = []
  for await (const { id, embedding, flipped } of embedRecords(faces(count), model, { flip: true, batchSize })) {
    if (id !== vectors.length / 2) throw new Error(`record ${id} came out of turn`)
    vectors.push(valuesOf(embedding!), valuesOf(flipped!))
  }
  await model.close()
  return vectors
}

t.test("a run's network gives the same vectors compiled from its checkpoint as its ONNX model", async t => {
  const run = trainedRun(t.testdir({}), 'mobilefacenet', EMBEDDING_SIZE)
  const onnx = await openModel(run, { engine: 'onnx', threads: 1 })
  t.match(onnx, { batch: null, choice: { engine: 'onnx', precision: 'f32' } })
  // Three images and a batch of two: the last one is filled up.
  const compiled = await openModel(run, { engine: 'reference', batchSize: 2 })
  t.match(compiled, { batch: 2, choice: { engine: 'reference', precision: 'f32' }, normalisation: PRESETS.mxnet })
  const [expected, found] = [await embedded(onnx, 3, 2), await embedded(compiled, 3, 2)]
  t.equal(found.length, 6)
  for (const [i, vector] of found.entries()) {
    t.equal(vector.length, EMBEDDING_SIZE)
    const difference = Math.hypot(...vector.map((value, j) => value - expected[i]![j]!)) / Math.hypot(...expected[i]!)
    t.ok(difference < 1e-5, `vector ${i} is ${difference} off, relative to its length`)
  }
  t.notSame(expected[0], expected[1], 'mirrored images differ')
})

t.test('a folder that holds no more than its model runs on onnx; another engine says what it misses', async t => {
  const run = t.testdir({})
  const metadata = { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf('mxnet-bgr'), size: 4 }) }
  writeFileSync(runPaths(run).model, tinyEmbedder(['batch', 3, 4, 4], metadata))
  t.match(await openModel(run), { choice: { engine: 'onnx' }, normalisation: PRESETS['mxnet-bgr'] })
  await t.rejects(openModel(run, { engine: 'reference' }), {
    name: 'DataError',
    message: `${run}: expected a run with checkpoints, found none`,
  })
  rmSync(runPaths(run).model)
  await t.rejects(openModel(run), { message: /expected a run's folder with model.onnx in it/ })
})

t.test('a model says which alignment its faces need, whatever it runs on', async t => {
  for (const [network, alignment] of [
    ['face-api', 'dlib'],
    ['mobilefacenet', 'arcface'],
  ] as const) {
    const run = trainedRun(t.testdir({}), network, EMBEDDING_SIZE)
    for (const engine of ['onnx', 'reference'] as const) {
      const model = await openModel(run, { engine, batchSize: 1 })
      t.equal(model.alignment, alignment, `${network} on ${engine}`)
      await model.close()
    }
  }
})

t.test('an ONNX file runs on onnx only', async t => {
  const file = join(t.testdir({}), 'model.onnx')
  writeFileSync(file, tinyEmbedder(['batch', 3, 4, 4]))
  const model = await openModel(file, { preprocess: 'arcface' })
  t.equal(model.choice, undefined)
  await t.rejects(openModel(file, { preprocess: 'arcface', engine: 'reference' }), {
    name: 'UsageError',
    message: `${file} is an ONNX file, which runs on engine onnx only; engine reference takes a run's folder`,
  })
})

t.test('a preset that is named replaces the one that the network was trained with', async t => {
  const run = trainedRun(t.testdir({}), 'mobilefacenet', EMBEDDING_SIZE)
  const model = await openModel(run, { engine: 'reference', preprocess: 'imagenet', batchSize: 1 })
  t.match(model.normalisation, PRESETS.imagenet)
  await model.close()
})
