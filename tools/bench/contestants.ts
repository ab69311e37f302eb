// Who is timed: our engines, PyTorch, TensorFlow and onnxruntime.
import { join } from 'node:path'
import { peerPython, ROOT } from './run.js'
import type { Contestant } from './turns.js'

export interface Task {
  network: string
  batch: number
  classes?: number
  /** Embeddings, not training steps. */
  embed?: boolean
}

export interface TorchMode {
  layout: 'nchw' | 'channels_last'
  precision: 'f32' | 'bf16'
}

const THREADS = 2

export function ours(task: Task, engine: string, precision: 'f32' | 'bf16' = 'f32', exported = false): Contestant {
  const script = join(ROOT, 'tools/bench/turn-worker.ts')
  const options = [`--engine=${engine}`, `--precision=${precision}`, ...(exported ? ['--exported'] : [])]
  return {
    name: `${engine} ${precision}`,
    command: [process.execPath, '--import=tsx', script, ...taskOptions(task), ...options],
  }
}

/** arcface-train on shards, every image augmented as for AdaFace. */
export function loop(task: Task, engine: string, precision: 'f32' | 'bf16', shards: string): Contestant {
  const script = join(ROOT, 'tools/bench/loop-worker.ts')
  const options = [`--engine=${engine}`, `--precision=${precision}`, shards]
  return { name: 'loop', command: [process.execPath, '--import=tsx', script, ...taskOptions(task), ...options] }
}

export function pytorch(task: Task, { layout, precision }: TorchMode): Contestant {
  const options = [...taskOptions(task), `--layout=${layout}`, `--precision=${precision}`]
  const name = `PyTorch ${precision === 'bf16' ? 'bfloat16 autocast' : 'float32'} ${layout === 'nchw' ? 'NCHW' : layout}`
  return { name, command: peer('torch', 'train-torch.py', options) }
}

export function tensorflow(task: Task): Contestant {
  return { name: 'tf.function', command: peer('tensorflow', 'train-tensorflow.py', taskOptions(task)) }
}

export function onnxruntime({ batch }: Task, model: string): Contestant {
  const options = [model, `--batch=${batch}`, `--threads=${THREADS}`]
  return { name: "onnxruntime's Python", command: peer('onnxruntime', 'embed-onnxruntime.py', options) }
}

function taskOptions({ network, batch, classes, embed = false }: Task): string[] {
  return [
    `--network=${network}`,
    `--batch=${batch}`,
    ...(classes === undefined ? [] : [`--classes=${classes}`]),
    ...(embed ? ['--embed'] : []),
    `--threads=${THREADS}`,
  ]
}

function peer(environment: string, script: string, options: string[]): Contestant['command'] {
  const python = peerPython(environment)
  if (python === undefined) return { missing: `not installed: tools/peers/run ${environment}` }
  return [python, join(ROOT, 'tools/peers', script), ...options]
}
