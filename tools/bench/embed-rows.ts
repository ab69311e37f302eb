// Embeddings: ours against onnxruntime's Python on the model that we export, and against PyTorch.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportNetwork, initialState, marginObjective, NETWORKS, type NetworkName } from '@tiny-face/arcface-model'
import { contestRows } from './contest.js'
import { onnxruntime, ours, pytorch, type Task } from './contestants.js'
import type { Row } from './table.js'
import type { TrainOptions } from './train-rows.js'

const BY_ONNXRUNTIME = 1
const BY_PYTORCH = 1.2

export async function* embedRows(options: TrainOptions): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  try {
    for (const [network, called] of [
      ['ir50', 'IR-50'],
      ['mobilefacenet', 'MobileFaceNet'],
    ] as const) {
      if (!options.networks.includes(network)) continue
      const model = join(folder, `${network}.onnx`)
      writeModel(network, model)
      for (const batch of [1, 32]) {
        const given: Task = { network, batch, embed: true }
        const task = `embed ${called}, batch ${batch}`
        const theirs = (['channels_last', 'nchw'] as const).map(layout => pytorch(given, { layout, precision: 'f32' }))
        for (const mine of [
          ours(given, 'onednn'),
          { ...ours(given, 'onnx', 'f32', true), name: 'onnx f32, exported' },
        ]) {
          const contest = { task, batch, ours: mine }
          yield* await contestRows({ ...contest, theirs: [onnxruntime(given, model)], goal: BY_ONNXRUNTIME }, options)
          yield* await contestRows({ ...contest, theirs, goal: BY_PYTORCH }, options)
        }
        const bfloat16 = [pytorch(given, { layout: 'channels_last', precision: 'bf16' })]
        yield* await contestRows({ task, batch, ours: ours(given, 'onednn', 'bf16'), theirs: bfloat16 }, options)
      }
    }
  } finally {
    remove()
    process.off('exit', remove)
  }
}

function writeModel(name: NetworkName, file: string): void {
  const network = NETWORKS[name]
  const objective = marginObjective({
    network,
    batchSize: 2,
    classes: 2,
    head: { kind: 'arcface', margin: 0.5, scale: 64 },
  })
  writeFileSync(file, exportNetwork(network, initialState(objective, 1)))
}
