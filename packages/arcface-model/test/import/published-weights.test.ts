import { cachedFolder } from '@tiny-face/pinned-downloads'
import t from 'tap'
import { inputFiller, loadableModel, PUBLISHED_WEIGHTS, readPublishedWeights } from '../../src/index.js'
import { drawnDescriptors, drawnFace } from './drawn-descriptors.js'
import { relativeError } from './generated-weights.js'

const { pinned } = PUBLISHED_WEIGHTS['face-api']
const skip =
  cachedFolder(pinned) === undefined && `${pinned.name} is not here: arcface-export --from face-api brings it`
if (skip) console.log(`# skipped: ${skip}`)

t.test("face-api's weights give the embeddings that its own code gives", { skip }, async t => {
  const { weights, ...config } = await readPublishedWeights('face-api')
  t.strictSame(config, { network: 'face-api', embeddingSize: 128 })
  const model = await loadableModel(config, { engine: 'onnx', precision: 'f32' }, { file: 'face-api', threads: 1 })
  await model.load(weights)
  t.equal(model.alignment, 'dlib')
  const fill = inputFiller(model.normalisation, model.shape)
  for (const [i, expected] of drawnDescriptors().entries()) {
    const pixels = await drawnFace(i)
    const input = new Float32Array(pixels.length)
    fill(input, 0, pixels, false)
    const error = relativeError(await model.embed(input, 1), expected)
    t.ok(error < 1e-5, `face ${i}: ${error.toExponential(1)}`)
  }
  await model.close()
})
