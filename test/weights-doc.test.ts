/** The commands of docs/weights.md that write models or download them, as they are written there. What is read, packages/arcface-model tests. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NETWORKS, networkVariables, PUBLISHED_WEIGHTS, runPaths, writeCheckpoint } from '@tiny-face/arcface-model'
import { binRecords, openBin, writeBin } from '@tiny-face/bin-stream'
import { installedDetector } from '@tiny-face/face-aligner'
import { cachedFolder } from '@tiny-face/pinned-downloads'
import type { Pair } from '@tiny-face/record-stream'
import { xoroshiro } from '@tiny-face/seeded-random'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/weights.md', import.meta.url)), 'utf8')

t.test('models for others', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  untrainedRun(join(folder, 'runs/mobile'))
  for (const set of ['lfw.bin', 'cfp_fp.bin']) {
    const draw = fileURLToPath(new URL('../tools/bench/draw-pairs.ts', import.meta.url))
    t.equal(spawnSync(process.execPath, ['--import=tsx', draw, '20', join(folder, set)]).status, 0)
  }
  const { script } = [...blocks(page)].find(({ section }) => section === 'Out: models for others')!
  const { status, stdout, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
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

t.test('a network for people who have none', { skip }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'lfw.bin'), fewPairs(join(shared!, 'bin/lfw_dev.bin')))
  const { script } = [...blocks(page)].find(({ section }) => section === 'A network for people who have none')!
  const { status, stdout, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
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

/** A run of MobileFaceNet with its first weights. */
function untrainedRun(run: string): void {
  mkdirSync(run, { recursive: true })
  const { uniform } = xoroshiro(1)
  const tensors = networkVariables(NETWORKS.mobilefacenet).map(({ name, shape, initialise }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    return [name, { shape, values: initialise(size, uniform) }] as const
  })
  writeFileSync(runPaths(run).config, JSON.stringify({ network: 'mobilefacenet', embeddingSize: 128 }))
  writeCheckpoint(run, new Map(tensors), { step: 1, epoch: 0, position: 0, seed: 1 })
}
