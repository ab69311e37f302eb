import { DataError, UsageError } from '@tiny-face/safe-files'
import type { WeightFormat } from '@tiny-face/weight-files'
import t from 'tap'
import { chooseSource } from '../../src/import/choose-source.js'
import { importWeights } from '../../src/import/import-weights.js'
import { inputFiller, loadableModel } from '../../src/index.js'
import { generatedFile, generatedImages, IMAGES, readFixture, relativeError } from './generated-weights.js'

/**
 * What a layer adds at the end is little beside what has grown by then: with 1e-4 a batch norm's mean that was left unscaled passed. Rounding
 * makes 1e-5.
 */
const MOST_ERROR = 2e-5

const FIXTURES: [name: string, format: WeightFormat][] = [
  ['arcface-torch-ir18', 'pytorch'],
  ['arcface-torch-mobilefacenet', 'pytorch'],
  ['arcface-torch-mbf', 'pytorch'],
  ['adaface-ir18', 'safetensors'],
  ['foamliu', 'pytorch'],
  ['insightface-mxnet-mobilefacenet', 'mxnet'],
  ['face-api', 'tfjs'],
]

for (const [name, format] of FIXTURES) {
  t.test(`${name}: embeddings are the framework's`, async t => {
    const fixture = readFixture(name)
    const file = generatedFile(fixture, format)
    const source = chooseSource(file, { from: fixture.from })
    t.equal(source.network, fixture.network)
    t.equal(source.embeddingSize, 64)
    const weights = Object.fromEntries([...importWeights(file, source)].map(([key, { values }]) => [key, values]))
    const model = await loadableModel(source, { engine: 'onnx', precision: 'f32' }, { file: name, threads: 1 })
    await model.load(weights)
    const pixels = generatedImages(model.shape.height)
    const input = new Float32Array(pixels.length)
    const fill = inputFiller(model.normalisation, model.shape)
    const area = pixels.length / IMAGES
    for (let i = 0; i < IMAGES; i++) fill(input, i, pixels.subarray(i * area, (i + 1) * area), false)
    const found = await model.embed(input, IMAGES)
    await model.close()
    for (let i = 0; i < IMAGES; i++) {
      const error = relativeError(found.subarray(64 * i, 64 * i + 64), fixture.embeddings.subarray(64 * i, 64 * i + 64))
      t.ok(error < MOST_ERROR, `image ${i}: ${error.toExponential(1)}`)
    }
  })
}

t.test('which network and whose is told by names and shapes, under any prefix, or asked for', async t => {
  const fixture = readFixture('arcface-torch-ir18')
  const renamed = Object.fromEntries(
    Object.entries(fixture.tensors).map(([key, shape]) => [`module.backbone.${key}`, shape]),
  )
  const file = generatedFile({ ...fixture, tensors: { ...renamed, 'module.head.weight': [10, 64] } }, 'pytorch')
  const { network, table, prefix, matches } = chooseSource(file, {})
  t.strictSame([network, table.name, prefix], ['ir18', 'arcface_torch', 'module.backbone.'])
  t.strictSame(
    matches.filter(({ tensor }) => tensor === 'module.head.weight'),
    [{ status: 'left out', tensor: 'module.head.weight' }],
  )
  const adaface = generatedFile(readFixture('adaface-ir18'), 'pytorch')
  t.throws(
    () => chooseSource(adaface, {}),
    new UsageError(
      'generated may be of --from adaface --network ir18 (AdaFace, net.py (takes BGR)), or --from cvlface --network ir18 (CVLface, models/iresnet/model.py (takes RGB)): name the one that it is',
    ),
  )
})

t.test('what is missing, unexpected or of another shape is told', async t => {
  const fixture = readFixture('arcface-torch-ir18')
  const change = (changed: Record<string, readonly number[] | undefined>) => {
    const tensors = Object.entries({ ...fixture.tensors, ...changed }).filter(([, shape]) => shape !== undefined)
    return generatedFile({ ...fixture, tensors: Object.fromEntries(tensors) as typeof fixture.tensors }, 'pytorch')
  }
  const found = (file: ReturnType<typeof change>, text: string) =>
    t.throws(() => chooseSource(file, {}), {
      name: 'DataError',
      expected: 'ir18 by the names of arcface_torch, which comes nearest',
      found: text,
    })
  found(
    change({ 'layer1.0.bn2.bias': undefined }),
    '1 missing, 0 unexpected, 0 wrong shape; first missing: layer1.0.bn2.bias',
  )
  found(
    change({ 'layer1.0.se.fc1.weight': [4, 64] }),
    '0 missing, 1 unexpected, 0 wrong shape; first unexpected: layer1.0.se.fc1.weight',
  )
  found(
    change({ 'layer1.0.conv1.weight': [64, 64, 5, 5] }),
    '0 missing, 0 unexpected, 1 wrong shape; first wrong shape: layer1.0.conv1.weight ([64, 64, 5, 5], not [64, 64, 3, 3])',
  )
  t.throws(() => chooseSource(generatedFile({ ...fixture, tensors: { a: [1] } }, 'pytorch'), {}), DataError)
})

t.test('numbers that are none are told', async t => {
  const fixture = readFixture('foamliu')
  const file = generatedFile(fixture, 'pytorch')
  const read = (name: string) => (name === 'bn.running_var' ? file.read(name).fill(-1) : file.read(name))
  const source = chooseSource(file, {})
  const broken = (values: Partial<typeof file>) => () => importWeights({ ...file, ...values }, source)
  t.throws(broken({ read }), {
    message: 'generated: expected finite numbers of at least 0 in bn.running_var, found -1',
  })
  const nan = (name: string) => (name === 'conv3.weight' ? file.read(name).fill(Number.NaN) : file.read(name))
  t.throws(broken({ read: nan }), { message: 'generated: expected finite numbers for embedding/filter, found NaN' })
})
