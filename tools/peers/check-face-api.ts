// Our network with face-api's weights against face-api's own. See check-face-api.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { inputFiller, openModel } from '@tiny-face/arcface-model'
import { drawFace } from '@tiny-face/drawn-faces'
import { xoroshiro } from '@tiny-face/seeded-random'
import { DRAWN, drawnFace } from '../../packages/arcface-model/test/import/drawn-descriptors.js'
import { generatedImages, IMAGES, valuesOf } from '../../packages/arcface-model/test/import/generated-weights.js'
import { type FaceApi, faceApiFolder, loadFaceApi, loadWeights, readManifest } from './face-api.js'

const SIDE = 150
/** |ours - theirs| / |theirs| */
const LIMIT = 1e-4
/** Of the network with generated weights. */
const SMALL_EMBEDDING = 64
const MODEL = 'face_recognition_model'

const { values } = parseArgs({ options: { images: { type: 'string', default: '100' }, record: { type: 'boolean' } } })
const folder = await faceApiFolder()
const faceApi = await loadFaceApi(folder)
if (values.record) {
  await recordGenerated()
  loadWeights(faceApi, faceApi.nets.faceRecognitionNet, folder, MODEL)
  await recordDrawn()
} else {
  loadWeights(faceApi, faceApi.nets.faceRecognitionNet, folder, MODEL)
  await compare(Number(values.images))
}

async function compare(count: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tiny-face-face-api-'))
  try {
    const file = join(scratch, 'face-api.onnx')
    const command = fileURLToPath(new URL('../../packages/arcface-model/bin/arcface-export.js', import.meta.url))
    const args = [command, '--from', 'face-api', '--out', file]
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const model = await openModel(file)
    const fill = inputFiller(model.normalisation, model.shape)
    const { uniform } = xoroshiro(1)
    let worst = 0
    for (let i = 0; i < count; i++) {
      const noise = () => Uint8Array.from({ length: SIDE * SIDE * 3 }, () => 256 * uniform())
      const pixels = i % 2 === 0 ? noise() : (await drawFace({ identity: i, view: 0, size: SIDE, seed: 1 })).pixels
      const input = new Float32Array(pixels.length)
      fill(input, 0, pixels, false)
      const [ours, theirs] = [await model.embed(input, 1), await descriptor(pixels)]
      const error = Math.hypot(...theirs.map((value, j) => value - ours[j]!)) / Math.hypot(...theirs)
      // No number is beyond any limit.
      worst = error > worst || Number.isNaN(error) ? error : worst
    }
    await model.close()
    const isGood = worst <= LIMIT
    console.log(
      `${isGood ? 'ok' : 'NOT OK'}  ${count} images: at most ${worst.toExponential(1)} of an embedding's length`,
    )
    process.exitCode = isGood ? 0 : 1
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

async function descriptor(pixels: Uint8Array): Promise<Float32Array> {
  const image = faceApi.tf.tensor(Float32Array.from(pixels), [SIDE, SIDE, 3])
  const values = await faceApi.nets.faceRecognitionNet.computeFaceDescriptor(image)
  image.dispose()
  return values
}

/** What its code makes of weights that are a function of their names: no weights are needed for a test of that. */
async function recordGenerated(): Promise<void> {
  const { tf, nets }: FaceApi = faceApi
  const shapes = Object.fromEntries(
    readManifest(folder, MODEL).weights.map(({ name, shape }) => [
      name,
      name === 'fc' ? [shape[0]!, SMALL_EMBEDDING] : shape,
    ]),
  )
  nets.faceRecognitionNet.loadFromWeightMap(
    Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tf.tensor(valuesOf(name, shape), shape)])),
  )
  const pixels = generatedImages(SIDE)
  const area = pixels.length / IMAGES
  const embeddings: Float32Array[] = []
  for (let i = 0; i < IMAGES; i++) embeddings.push(await descriptor(pixels.subarray(i * area, (i + 1) * area)))
  record('import/face-api.json', {
    from: 'face-api',
    network: 'face-api',
    norms: {},
    embeddings: base64(embeddings),
    tensors: shapes,
  })
}

/** What the published network makes of faces that were drawn. */
async function recordDrawn(): Promise<void> {
  const descriptors: Float32Array[] = []
  for (let i = 0; i < DRAWN; i++) descriptors.push(await descriptor(await drawnFace(i)))
  record('face-api-descriptors.json', { package: 'face-api 1.7.15', descriptors: base64(descriptors) })
}

function record(name: string, fixture: object): void {
  const path = new URL(`../../packages/arcface-model/test/fixtures/${name}`, import.meta.url)
  writeFileSync(path, `${JSON.stringify(fixture, null, 1)}\n`)
  console.log(fileURLToPath(path))
}

function base64(vectors: readonly Float32Array[]): string {
  return Buffer.concat(
    vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  ).toString('base64')
}
