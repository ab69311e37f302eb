// One of our programs for turns.ts: steps of a network on an engine, or its embeddings.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import {
  exportNetwork,
  inferenceProgram,
  initialState,
  marginObjective,
  momentum,
  NETWORKS,
  type Network,
  type NetworkName,
  trainingStep,
} from '@tiny-face/arcface-model'
import { openSession } from '@tiny-face/onnx-session'
import { compile, type EngineName } from '@tiny-face/tfjs-compiler'
import type { Ready } from './turns.js'

const WARM_UP = 3
const LEARNING_RATE = 0.01
const PEOPLE = 1000
const ARCFACE = { kind: 'arcface', margin: 0.5, scale: 64 } as const

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'mobilefacenet' },
    batch: { type: 'string', default: '64' },
    classes: { type: 'string', default: String(PEOPLE) },
    engine: { type: 'string', default: 'onnx' },
    precision: { type: 'string', default: 'f32' },
    threads: { type: 'string', default: '2' },
    /** Embeddings, not training steps. */
    embed: { type: 'boolean', default: false },
    /** Embeddings by the exported ONNX model, as of a model that is no run of ours. */
    exported: { type: 'boolean', default: false },
  },
})
const network: Network = NETWORKS[values.network as NetworkName]
const batchSize = Number(values.batch)
const options = {
  engine: values.engine as EngineName,
  precision: values.precision === 'bf16' ? 'bf16' : 'f32',
  threads: Number(values.threads),
} as const
const { size } = network

const { step, load } = await (values.exported ? exported() : values.embed ? embedding() : training()).catch(error => {
  console.error((error as Error).message)
  process.exit(1)
})
const times: number[] = []
for (let i = 0; i < WARM_UP; i++) times.push(await secondsOf(1))
say({ version: `Node ${process.versions.node}`, first: times[0]!, later: times.at(-1)!, load } satisfies Ready)
for await (const line of createInterface({ input: process.stdin })) say({ seconds: await secondsOf(Number(line)) })
process.exit()

interface Loaded {
  step: () => Promise<unknown>
  load: number
}

async function training(): Promise<Loaded> {
  const classes = Number(values.classes)
  const started = performance.now()
  const shape = { network, batchSize, classes, head: ARCFACE }
  const program = trainingStep(marginObjective(shape), momentum({ momentum: 0.9, weightDecay: 5e-4 }))
  const executable = await compile(program, options)
  const load = (performance.now() - started) / 1000
  await executable.setState(initialState(program, 1))
  const labels = Int32Array.from({ length: batchSize }, () => Math.floor(Math.random() * classes))
  const images = randomImages()
  const learningRate = Float32Array.of(LEARNING_RATE)
  let count = 0
  const random = (): Record<string, Int32Array> =>
    'random' in program.inputs ? { random: Int32Array.of(count++) } : {}
  return { step: () => executable.step({ images, labels, learningRate, ...random() }), load }
}

async function embedding(): Promise<Loaded> {
  const started = performance.now()
  const program = inferenceProgram(network, { batchSize })
  const executable = await compile(program, options)
  const load = (performance.now() - started) / 1000
  await executable.setState(firstWeights(program.constants!))
  const input = randomImages()
  return { step: () => executable.step({ input }), load }
}

async function exported(): Promise<Loaded> {
  const started = performance.now()
  const { constants } = inferenceProgram(network, { batchSize })
  const session = await openSession(exportNetwork(network, firstWeights(constants!)), { threads: options.threads })
  const load = (performance.now() - started) / 1000
  const input = { dtype: 'float32', shape: [batchSize, 3, size, size], data: randomImages() } as const
  return { step: () => session.run({ input }), load }
}

function firstWeights(names: readonly string[]): Record<string, Float32Array> {
  const shape = { network, batchSize, classes: 2, head: ARCFACE }
  const objective = marginObjective(shape)
  const state = initialState(objective, 1)
  return Object.fromEntries(names.map(name => [name, state[name]!]))
}

/** Pixels as preprocessing leaves them. */
function randomImages(): Float32Array {
  return Float32Array.from({ length: batchSize * size * size * 3 }, () => 2 * Math.random() - 1)
}

async function secondsOf(steps: number): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < steps; i++) await step()
  return (performance.now() - started) / 1000
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
