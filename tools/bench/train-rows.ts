// The training steps of the plan, each engine of ours against the best that PyTorch and TensorFlow do with the same network.
import { processorFeatures } from '@tiny-face/native-engines'
import { contestRows } from './contest.js'
import { ours, pytorch, type Task, type TorchMode, tensorflow } from './contestants.js'
import type { Row } from './table.js'
import { NotHere, type Turns, takeTurns } from './turns.js'

const CLASSES = 1000
/** Of the largest set that ArcFace models are commonly trained on (MS1MV2: 85,742 people). */
const MANY_CLASSES = 85_742

interface StepTask extends Task {
  task: string
  /** Images/s by PyTorch's: in bfloat16 with and without AMX, in float32, of onnx in float32. */
  goals: { amx: number; bf16: number; f32: number; onnx: number }
}

const STEPS: readonly StepTask[] = [
  {
    task: 'MobileFaceNet, batch 64',
    network: 'mobilefacenet',
    batch: 64,
    classes: CLASSES,
    goals: { amx: 3.6, bf16: 3.8, f32: 1.5, onnx: 1.2 },
  },
  {
    task: 'IR-50, batch 16',
    network: 'ir50',
    batch: 16,
    classes: CLASSES,
    goals: { amx: 1.9, bf16: 1.4, f32: 1.15, onnx: 0.9 },
  },
  {
    task: 'ResNet-50 of the seed, batch 16',
    network: 'resnet50',
    batch: 16,
    classes: CLASSES,
    goals: { amx: 2, bf16: 1.5, f32: 1.6, onnx: 1.1 },
  },
]

/** What `networks` may name. */
export const TRAIN_NETWORKS: readonly string[] = STEPS.map(({ network }) => network)

export interface TrainOptions extends Turns {
  /** Only rows of these. */
  networks: readonly string[]
}

const BFLOAT16: TorchMode = { layout: 'channels_last', precision: 'bf16' }
const FLOAT32: TorchMode = { layout: 'channels_last', precision: 'f32' }
const FLOAT32_NCHW: TorchMode = { layout: 'nchw', precision: 'f32' }

/** The steps that were asked for. */
export function stepsOf({ networks }: TrainOptions): StepTask[] {
  return STEPS.filter(({ network }) => networks.includes(network))
}

export async function* bfloat16Rows(options: TrainOptions): AsyncGenerator<Row> {
  const { amx } = processorFeatures()
  for (const { task, goals, ...given } of stepsOf(options)) {
    const goal = amx ? goals.amx : goals.bf16
    yield* await contestRows(
      {
        task,
        batch: given.batch,
        ours: ours(given, 'onednn', 'bf16'),
        theirs: [pytorch(given, BFLOAT16)],
        goal,
        andBesides: true,
      },
      options,
    )
  }
}

export async function* float32Rows(options: TrainOptions): AsyncGenerator<Row> {
  for (const { task, goals, ...given } of stepsOf(options)) {
    const theirs = [pytorch(given, FLOAT32), pytorch(given, FLOAT32_NCHW)]
    const contest = { task, batch: given.batch, ours: ours(given, 'onednn'), theirs, goal: goals.f32, andBesides: true }
    yield* await contestRows(contest, options)
  }
}

export async function* onnxRows(options: TrainOptions): AsyncGenerator<Row> {
  for (const { task, goals, ...given } of stepsOf(options)) {
    const contest = { task, batch: given.batch, ours: ours(given, 'onnx') }
    yield* await contestRows(
      { ...contest, theirs: [pytorch(given, FLOAT32)], goal: goals.onnx, andBesides: true },
      options,
    )
    yield* await contestRows({ ...contest, theirs: [tensorflow(given)] }, options)
  }
}

/** A set of many people: the head's centres and their update are what is large. */
export async function* classesRows(options: TrainOptions): AsyncGenerator<Row> {
  const given: Task = { network: 'ir50', batch: 16, classes: MANY_CLASSES }
  if (!options.networks.includes(given.network)) return
  yield* await contestRows(
    {
      task: `IR-50, batch 16, ${MANY_CLASSES} people`,
      batch: given.batch,
      ours: ours(given, 'onednn', 'bf16'),
      theirs: [pytorch(given, BFLOAT16)],
      goal: 1.3,
      andBesides: true,
    },
    options,
  )
}

/** The functions themselves, run eagerly on tfjs-node, by the same network in Python. */
export async function* tensorflowRows(options: TrainOptions): AsyncGenerator<Row> {
  const [{ task, goals: _, ...given }] = STEPS as [StepTask]
  const theirs = [tensorflow(given)]
  yield* await contestRows({ task, batch: given.batch, ours: ours(given, 'tensorflow'), theirs, goal: 0.6 }, options)
}

/** From a network's code to a step that can run. */
export async function* loadRows(): AsyncGenerator<Row> {
  const limit = 5
  for (const engine of ['onednn', 'onnx']) {
    const program = ours({ network: 'ir100', batch: 4, classes: CLASSES }, engine)
    const measure = `IR-100: ${engine}, trace, lower and load`
    const [found] = await takeTurns([program], { rounds: 0, seconds: 0 })
    if (found instanceof NotHere) {
      yield { measure, figure: found.message }
      continue
    }
    const seconds = found!.ready.load!
    yield { measure, figure: `${seconds.toFixed(2)} s`, goal: `under ${limit} s`, met: seconds < limit }
  }
}
