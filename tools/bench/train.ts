// The training half: steps and embeddings a second, memory and start, held against PyTorch, TensorFlow and onnxruntime.
import { loadavg } from 'node:os'
import { processorFeatures } from '@tiny-face/native-engines'
import { embedRows } from './embed-rows.js'
import { loopRows } from './loop-rows.js'
import { peerVersion } from './run.js'
import { formatTable, type Row } from './table.js'
import {
  bfloat16Rows,
  classesRows,
  float32Rows,
  loadRows,
  onnxRows,
  TRAIN_NETWORKS,
  type TrainOptions,
  tensorflowRows,
} from './train-rows.js'

export { TRAIN_NETWORKS }

/** What can be asked for alone. */
export const TRAIN_FAMILIES = {
  bf16: bfloat16Rows,
  f32: float32Rows,
  onnx: onnxRows,
  classes: classesRows,
  load: loadRows,
  loop: loopRows,
  tensorflow: tensorflowRows,
  embed: embedRows,
}

export async function benchTrain(families: (keyof typeof TRAIN_FAMILIES)[], options: TrainOptions): Promise<void> {
  // What is temporary goes at exit, also at these.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  console.log(header(options))
  const rows: Row[] = []
  for (const name of families) for await (const row of TRAIN_FAMILIES[name](options)) rows.push(row)
  console.log(`load at the end ${load()}\n\n${formatTable(rows)}`)
}

function header({ rounds, seconds }: TrainOptions): string {
  const { model, threads, avx512, bf16, amx } = processorFeatures()
  const flags = Object.entries({ avx512, avx512_bf16: bf16, amx }).map(([name, has]) => (has ? name : `no ${name}`))
  const versions = ['torch', 'tensorflow', 'onnxruntime'].map(name => `${name} ${peerVersion(name) ?? 'not installed'}`)
  return [
    `${model}, ${threads} threads, ${flags.join(', ')}; load ${load()}`,
    `Node ${process.versions.node}, ${versions.join(', ')}; all with 2 threads`,
    `medians of ${rounds} rounds of ${seconds} s, in turns after a warm-up of 3 steps`,
  ].join('\n')
}

function load(): string {
  return loadavg()
    .map(value => value.toFixed(2))
    .join(' ')
}
