import {
  centresOfIdentity,
  initialState,
  type Layer,
  NETWORKS,
  networkLayers,
  trainingStep,
} from '@tiny-face/arcface-model'
import { graphOf, sizeOf } from '@tiny-face/tfjs-compiler'
import type { TrainingConfig } from '../config.js'
import { compileStepper, objectiveOf, type StepBatch, type Stepper } from '../loop/stepper.js'
import { CentreStore, centreVariables } from '../partial-fc/centre-store.js'
import { sampledClasses } from '../partial-fc/sample-centres.js'
import { stepsPerEpoch, stepsToTake } from '../steps-per-epoch.js'
import { liveBytes } from './live-bytes.js'

/** What a training would be, before it begins. */
export interface DryRun {
  /** The network's, and `head` at the end. */
  readonly layers: readonly Layer[]
  readonly memory: {
    /** Parameters, statistics and what the optimiser keeps, of the whole head too. */
    readonly state: number
    /** The most that the values of a step take at once, by its graph, all in float32. */
    readonly activations: number
    /** The most that this process held while it ran the step, Node.js and engine included. */
    readonly measured: number
  }
  readonly secondsOfStep: number
  readonly stepsOfEpoch: number
  readonly steps: number
}

/** Runs a step twice on made-up images, the first time to warm up; of a step in many parts, two of them. Nothing is written. */
export async function dryRun(config: TrainingConfig, { threads }: { threads?: number } = {}): Promise<DryRun> {
  const parts = Math.min(2, config.accumulate)
  const measured = { ...config, batchSize: (config.batchSize / config.accumulate) * parts, accumulate: parts }
  const stepper = await compileStepper(measured, threads)
  try {
    await stepper.setState(initialState(stepper, config.seed))
    const batch = madeUpBatch(measured, stepper)
    await stepper.step(batch)
    const started = performance.now()
    await stepper.step(batch)
    const seconds = (performance.now() - started) / 1000
    return {
      layers: [...networkLayers(NETWORKS[config.network], config.embeddingSize), headLayer(config)],
      memory: {
        state: 4 * stateSize(config, stepper),
        activations: liveBytes(graphOf(partOfStep(config, stepper))),
        measured: 1024 * process.resourceUsage().maxRSS,
      },
      secondsOfStep: (seconds * config.accumulate) / parts,
      stepsOfEpoch: stepsPerEpoch(config),
      steps: stepsToTake(config),
    }
  } finally {
    await stepper.close()
  }
}

/** Noise, and one person after another. */
function madeUpBatch(config: TrainingConfig, { optimiser }: Stepper): StepBatch {
  const { batchSize, sampleRate, seed } = config
  const { size } = NETWORKS[config.network]
  const classes = sampledClasses(config)
  const images = new Float32Array(batchSize * size * size * 3)
  for (let i = 0; i < images.length; i++) images[i] = ((i * 2654435761) % 255) / 127.5 - 1
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes)
  const centres = () => CentreStore.initial(classes, centreVariables({ ...config, classes }, optimiser), seed)
  const rows = sampleRate === 1 ? {} : centres().gather(Int32Array.from({ length: classes }, (_, i) => i))
  return { images, labels, learningRate: 0, random: 0, rows }
}

/** All of the head's centres; the multiplications are those of a step's. */
function headLayer(config: TrainingConfig): Layer {
  const ofPerson = centresOfIdentity(config.head) * config.embeddingSize
  const taking = sampledClasses(config)
  return {
    name: 'head',
    shape: [taking],
    parameters: config.classes * ofPerson,
    multiplyAdds: taking * ofPerson,
  }
}

/** Numbers of the state, and of the centres that Partial FC keeps outside of it. */
function stateSize(config: TrainingConfig, { variables, optimiser }: Stepper): number {
  const outside = config.sampleRate === 1 ? [] : centreVariables(config, optimiser)
  return [...variables, ...outside].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

function partOfStep(config: TrainingConfig, { optimiser }: Stepper) {
  return trainingStep(objectiveOf(config).objective, optimiser, { clip: config.clip })
}
