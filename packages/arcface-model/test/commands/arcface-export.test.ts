import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeBin } from '@tiny-face/bin-stream'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import { readModelMetadata } from '@tiny-face/onnx-session'
import { cachedFolder } from '@tiny-face/pinned-downloads'
import t from 'tap'
import { CALIBRATION_IMAGES, calibrationBatches } from '../../src/export/calibration-batches.js'
import { NETWORKS, openModel, PUBLISHED_WEIGHTS, runPaths } from '../../src/index.js'
import { PREPROCESS_KEY } from '../../src/preprocess.js'
import { trainedRun } from '../trained-run.js'

const COMMAND = fileURLToPath(new URL('../../src/commands/arcface-export.ts', import.meta.url))
const FOLDER = t.testdir({ run: {} })
const RUN = trainedRun(join(FOLDER, 'run'), 'mobilefacenet', 32)

function runExport(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, RUN, '--quiet', ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** A verification set of drawn faces: pairs of one person, then pairs of two. */
async function facesBin(file: string, pairs: number, size = 112): Promise<string> {
  const records = []
  for (let index = 0; index < pairs; index++) {
    const same = index % 2 === 0
    for (const side of [0, 1] as const) {
      const face = await drawFace({ identity: same ? index : 2 * index + side, view: side, size, seed: 4 })
      records.push({ image: await encodePng(face), pair: { index, side, same } })
    }
  }
  const chunks: Uint8Array[] = []
  writeBin(records, bytes => chunks.push(Uint8Array.from(bytes)))
  writeFileSync(file, Buffer.concat(chunks))
  return file
}

const FACES = await facesBin(join(FOLDER, 'faces.bin'), 20)

/** Embeddings of the first faces, as the model in the file makes them. */
async function embedded(file: string): Promise<Float32Array[]> {
  const model = await openModel(file)
  const [batch] = [await calibrationBatches(FACES, NETWORKS.mobilefacenet).next()]
  const { shape, data } = batch!.value!
  const flat = await model.embed(data, shape[0]!)
  await model.close()
  return Array.from({ length: shape[0]! }, (_, i) => flat.slice(i * 32, (i + 1) * 32))
}

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b))

t.test('in fewer bits: smaller, nearly the same embeddings, and the figures of both', async t => {
  const whole = await embedded(runPaths(RUN).model)
  const bytes = readFileSync(runPaths(RUN).model).length
  for (const { precision, share, least, args } of [
    { precision: 'f16', share: 0.51, least: 0.9999, args: [] },
    { precision: 'int8', share: 0.32, least: 0.97, args: ['--calibrate', FACES] },
  ]) {
    const out = join(FOLDER, `${precision}.onnx`)
    const { status, stdout, stderr } = runExport('--precision', precision, ...args, '--verify', FACES, '--out', out)
    t.equal(stderr, '')
    t.equal(status, 0)
    const [heading, ...lines] = stdout.trim().split('\n')
    t.equal(heading, `${FACES}: 20 pairs, mirror images added`)
    t.match(lines[0], /^f32 +\d+\.\d\d MB {2}accuracy [01]\.\d{4} ± 0\.\d{4}, EER [01]\.\d{4}$/)
    t.match(lines[1], new RegExp(`^${precision} +\\d+\\.\\d\\d MB  accuracy`))
    const file = readFileSync(out)
    t.ok(file.length < bytes * share, `${file.length} of ${bytes} bytes`)
    const cosines = (await embedded(out)).map((vector, i) => cosine(vector, whole[i]!))
    t.ok(Math.min(...cosines) > least && Math.max(...cosines) < 1, `${precision}: ${Math.min(...cosines)}`)
  }
})

t.test('a model says where it comes from', async t => {
  const checkpoint = createHash('sha256')
    .update(readFileSync(runPaths(RUN).checkpoint(3).weights))
    .digest('hex')
  const about = { network: 'mobilefacenet', embeddingSize: 32, step: 3, checkpoint }
  const out = join(FOLDER, 'half.onnx')
  t.equal(runExport('--precision', 'f16', '--out', out).status, 0)
  for (const [file, precision] of [
    [runPaths(RUN).model, 'f32'],
    [out, 'f16'],
  ] as const) {
    const metadata = readModelMetadata(file)
    t.same(JSON.parse(metadata['tiny_face.provenance']!), { ...about, precision })
    t.match(JSON.parse(metadata[PREPROCESS_KEY]!), { order: 'rgb', layout: 'nchw', size: 112 })
  }
})

t.test('calibration takes faces from all of a set', async t => {
  const batches = []
  for await (const batch of calibrationBatches(FACES, NETWORKS.mobilefacenet)) batches.push(batch)
  t.same(
    batches.map(({ shape }) => shape),
    [
      [16, 3, 112, 112],
      [16, 3, 112, 112],
      [8, 3, 112, 112],
    ],
    '40 faces, each once',
  )
  t.equal(batches[2]!.data.length, 8 * 3 * 112 * 112)
  t.not(batches[0]!.data[20_000], batches[1]!.data[20_000], 'each batch has memory of its own')
  const many = await facesBin(join(FOLDER, 'many.bin'), CALIBRATION_IMAGES / 2 + 1)
  let faces = 0
  for await (const { shape } of calibrationBatches(many, NETWORKS.mobilefacenet)) faces += shape[0]!
  t.equal(faces, CALIBRATION_IMAGES / 2 + 1, 'of two more than the limit every second')
})

t.test('what cannot be done is one line, and leaves no file', async t => {
  const out = join(FOLDER, 'small.onnx')
  t.match(runExport('--precision', 'int8', '--out', out), {
    status: 2,
    stderr:
      /^arcface-export: --precision int8 needs --calibrate FILE\.bin: faces on which to measure how large values get\n/,
  })
  t.match(runExport('--precision', 'f16', '--calibrate', 'any.bin', '--out', out), {
    status: 2,
    stderr: /^arcface-export: --calibrate goes with --precision int8\n/,
  })
  t.match(runExport('--out', join(FOLDER, 'small')), {
    status: 2,
    stderr:
      /^arcface-export: --out must end in \.onnx or \.safetensors, which says what is written; it has no ending\n/,
  })
  const small = await facesBin(join(FOLDER, 'small.bin'), 12, 96)
  t.match(runExport('--precision', 'int8', '--calibrate', small, '--out', out), {
    status: 1,
    stderr: `arcface-export: ${small}: record 0: expected an image of 112x112 pixels, which the network takes, found 96x96\n`,
  })
  t.notOk(existsSync(out))
})

/** Without a run; published weights are looked for where `models` says. */
function runPublished(args: readonly string[], models?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...(models === undefined ? {} : { TINY_FACE_MODELS: models }) },
  })
  return { status, stdout, stderr: stderr.trim() }
}

t.test('what is published takes the place of a run, and of nothing else', async t => {
  const out = join(t.testdir({}), 'x.onnx')
  const wrong: [args: string[], message: RegExp][] = [
    [[], /: give a run's folder, or --from for weights that others published$/],
    [[RUN, '--from', 'face-api'], /: give a run's folder, or --from for weights that others published, not both$/],
    [
      ['--from', 'face-api', '--step', '3'],
      /: --step chooses among the checkpoints of a run, and what --from names has one only$/,
    ],
    [[RUN, '--from-package', '.'], /: --from-package goes with --from$/],
    [['--from', 'nobody'], /--from nobody: expected face-api/],
  ]
  for (const [args, message] of wrong) t.match(runPublished([...args, '--out', out]), { status: 2, stderr: message })
  t.notOk(existsSync(out))
})

t.test('a package that is not there, or another, is told, and nothing is left', async t => {
  const folder = t.testdir({ empty: {}, models: {}, other: { 'vladmandic-face-api-1.7.15.tgz': 'no package' } })
  const out = join(folder, 'x.onnx')
  for (const [from, message] of [
    ['empty', /expected a file vladmandic-face-api-1\.7\.15\.tgz, found none$/],
    ['other', /vladmandic-face-api-1\.7\.15\.tgz: expected 12677476 bytes, found 10$/],
  ] as const) {
    const args = ['--from', 'face-api', '--from-package', join(folder, from), '--out', out]
    t.match(runPublished(args, join(folder, 'models')), { status: 1, stderr: message })
  }
  t.strictSame(readdirSync(join(folder, 'models')), [])
  t.notOk(existsSync(out))
})

const { pinned } = PUBLISHED_WEIGHTS['face-api']
const skip =
  cachedFolder(pinned) === undefined && `${pinned.name} is not here: arcface-export --from face-api brings it`
if (skip) console.log(`# skipped: ${skip}`)

t.test('published weights become a model that says whose they are', { skip }, async t => {
  const out = join(t.testdir({}), 'face-api.onnx')
  t.strictSame(runPublished(['--from', 'face-api', '--out', out]), { status: 0, stdout: '', stderr: '' })
  const metadata = readModelMetadata(out)
  t.strictSame(JSON.parse(metadata['tiny_face.provenance']!), {
    network: 'face-api',
    embeddingSize: 128,
    published: {
      package: '@vladmandic/face-api@1.7.15',
      sha256: '0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031',
      licence: 'MIT',
    },
    precision: 'f32',
  })
  const model = await openModel(out)
  t.match(model, { alignment: 'dlib', shape: { height: 150, width: 150 } })
  await model.close()
})
