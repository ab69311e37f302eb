/** The commands of docs/weights.md that write models, as they are written there. What is read, packages/arcface-model tests. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NETWORKS, networkVariables, runPaths, writeCheckpoint } from '@tiny-face/arcface-model'
import { xoroshiro } from '@tiny-face/seeded-random'
import t from 'tap'
import { blocks } from './doc-blocks.js'
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
