/** Every command of docs/weights.md, as it is written there, on small data under the names that the page uses. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PUBLISHED_WEIGHTS } from '@tiny-face/arcface-model'
import { binRecords, openBin, writeBin } from '@tiny-face/bin-stream'
import { drawFaces } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import { cachedFolder } from '@tiny-face/pinned-downloads'
import type { Pair } from '@tiny-face/record-stream'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'
import { untrainedRun } from './untrained-run.js'

const page = readFileSync(fileURLToPath(new URL('../docs/weights.md', import.meta.url)), 'utf8')

/** What makes trainings short: a small network, batches of 8, the first epoch. */
const SHORT = `
arcface-train() { command arcface-train "$@" $NETWORK --batch-size 8 --stop-after 1; }
`

const scriptOf = (section: string) => [...blocks(page)].find(block => block.section === section)!.script

t.test('fine-tuning what others trained', { timeout: 300_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await facesAndPairs(folder, 'staff')
  untrainedRun(join(folder, 'theirs'))
  // PyTorch's names and layout, in a file that is known by what it holds.
  const backbone =
    'arcface-export theirs --names arcface_torch --out made.safetensors && mv made.safetensors backbone.pth'
  t.match(shell(backbone, folder), { status: 0 })
  const script = `set -eu\nNETWORK='--network mobilefacenet'\n${SHORT}\n${scriptOf('In: fine-tuning what others trained')}`
  const { status, stdout, stderr } = shell(script, folder, { pipefail: true })
  t.equal(status, 0, stderr)
  t.match(stdout, /^20 pairs, 10 same and 10 different, with mirror images/)
  t.match(readdirSync(join(folder, 'runs/staff')).join(), 'model.onnx')
})

t.test('models for others', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  untrainedRun(join(folder, 'runs/mobile'))
  for (const set of ['lfw.bin', 'cfp_fp.bin']) {
    const draw = fileURLToPath(new URL('../tools/bench/draw-pairs.ts', import.meta.url))
    t.equal(spawnSync(process.execPath, ['--import=tsx', draw, '20', join(folder, set)]).status, 0)
  }
  const { status, stdout, stderr } = shell(`set -eu\n${scriptOf('Out: models for others')}`, folder, { pipefail: true })
  t.equal(status, 0, stderr)
  t.match(stdout, /^lfw\.bin: 20 pairs[\s\S]*^f32 [\s\S]*^f16 [\s\S]*^int8 /m)
  t.strictSame(
    readdirSync(folder).filter(name => /\.(onnx|safetensors)$/.test(name)),
    ['backbone.safetensors', 'face.onnx', 'face.safetensors', 'half.onnx', 'small.onnx'],
  )
})

const shared = sharedData()
const wanted = [
  shared === undefined && 'real faces (../shared/data)',
  cachedFolder(PUBLISHED_WEIGHTS['face-api'].pinned) === undefined && 'arcface-export --from face-api',
  installedDetector('yunet') === undefined && 'face-align --install',
].filter(what => what !== false)
const skip = wanted.length > 0 && `needs what is not here: ${wanted.join(', ')}`
if (skip) console.log(`# skipped: ${skip}`)

t.test('fine-tuning, an example', { skip: !shared && 'needs ../shared/data', timeout: 300_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await facesAndPairs(folder, 'people')
  copyFileSync(join(folder, 'lfw.bin'), join(folder, 'lfw_dev.bin'))
  copyFileSync(join(shared!, 'models/foamliu_MobileFaceNet.onnx'), join(folder, 'foamliu_MobileFaceNet.onnx'))
  const script = `set -eu\nNETWORK=\n${SHORT}\n${scriptOf('Fine-tuning, an example')}`
  const { status, stderr } = shell(script, folder, { pipefail: true })
  t.equal(status, 0, stderr)
  t.match(readdirSync(join(folder, 'runs/tuned')).join(), 'model.onnx')
})

t.test('a network for people who have none', { skip }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'lfw.bin'), fewPairs(join(shared!, 'bin/lfw_dev.bin')))
  const { status, stdout, stderr } = shell(`set -eu\n${scriptOf('A network for people who have none')}`, folder, {
    pipefail: true,
  })
  t.equal(status, 0, stderr)
  t.match(stdout, /^20 pairs, 10 same and 10 different, with mirror images/)
  t.ok(Number(/^accuracy +(\S+)/m.exec(stdout)?.[1]) >= 0.9, stdout)
})

/** Ten pairs of the same person and ten of two, of a set whose folds are 30 and 30. */
function fewPairs(file: string): Buffer {
  const bin = openBin(file)
  const records: { image: Uint8Array; pair: Pair }[] = []
  for (const { image, pair } of binRecords(bin)) {
    const [fold, place] = [Math.floor(pair!.index / 60), pair!.index % 30]
    // The bytes are valid until the next record only.
    if (fold === 0 && place < 10)
      records.push({ image: Uint8Array.from(image!), pair: { ...pair!, index: place + (pair!.same ? 0 : 10) } })
  }
  const pieces: Uint8Array[] = []
  writeBin(records, bytes => pieces.push(Uint8Array.from(bytes)))
  bin.close()
  return Buffer.concat(pieces)
}

/** Shards of 20 drawn people under a name, and twenty pairs of them. */
async function facesAndPairs(folder: string, name: string): Promise<void> {
  await drawFaces({ people: 20, views: 2, size: 112, seed: 1, out: join(folder, 'drawn') })
  const script = `image-dump drawn | tfrecord-write --out shards/${name}
    image-dump drawn | record-pairs --seed 1 --same 10 --different 10 | bin-write lfw.bin`
  const { status, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
  if (status !== 0) throw new Error(stderr)
}
