import { createHash } from 'node:crypto'
import {
  initialState,
  marginObjective,
  momentum,
  NETWORKS,
  type NetworkName,
  type Step,
  trainingStep,
} from '../../src/index.js'
import { norm, sketch } from './sketch.js'

/** What one step is compared at. */
export interface CaseShape {
  readonly network: NetworkName
  readonly batchSize: number
  /** Height and width of the images. */
  readonly size: number
  readonly classes: number
}

/** What else decides a step's result. */
export const RECIPE = { margin: 0.5, scale: 16, momentum: 0.9, weightDecay: 5e-4, learningRate: 0.1 }

export interface StepCase {
  readonly step: Step
  readonly state: Record<string, Float32Array>
  readonly batch: {
    readonly images: Float32Array
    readonly labels: Int32Array
    readonly learningRate: Float32Array
    /** Where the network drops out. */
    readonly random?: Int32Array
  }
}

const SEED = 7
const RANDOM = 123_456_789

/** The layer whose output a network's blocks add to their input. */
const LAST_OF_BLOCK: Partial<Record<NetworkName, string>> = {
  mobilefacenet: 'project',
  mbf: 'project',
  resnet50: 'expand',
  'foamliu-mobilefacenet': 'project',
}

/**
 * A step's state and batch, the same numbers on every machine: the weights as training begins with them, but every scale, offset, slope,
 * running statistic and velocity moved away from its 0 or 1, where a mistake could hide. What a block adds to its input is made small:
 * as training begins, rounding errors grow from block to block, so that in bfloat16 nothing is left to compare.
 */
export function stepCase({ network, batchSize, size, classes }: CaseShape): StepCase {
  const { margin, scale, momentum: kept, weightDecay, learningRate } = RECIPE
  const head = { kind: 'arcface', margin, scale } as const
  const objective = marginObjective({ network: NETWORKS[network], batchSize, size, classes, head })
  const step = trainingStep(objective, momentum({ momentum: kept, weightDecay }))
  const state = initialState(step, SEED)
  for (const [name, values] of Object.entries(state)) moveAway(name, values, LAST_OF_BLOCK[network] ?? 'conv2')
  const random = uniform('batch')
  return {
    step,
    state,
    batch: {
      images: Float32Array.from({ length: batchSize * size * size * 3 }, () => 2 * random() - 1),
      labels: Int32Array.from({ length: batchSize }, () => Math.floor(random() * classes)),
      learningRate: Float32Array.of(learningRate),
      ...('random' in step.inputs && { random: Int32Array.of(RANDOM) }),
    },
  }
}

function moveAway(name: string, values: Float32Array, lastOfBlock: string): void {
  const random = uniform(name)
  const by = (most: number) => most * (2 * random() - 1)
  const [layer, kind] = name.startsWith('velocity/') ? [name, 'velocity'] : name.split('/').slice(-2)
  const scale = layer === lastOfBlock && name.startsWith('stage') ? 0.2 : 1
  for (let i = 0; i < values.length; i++) {
    if (kind === 'velocity') values[i] = by(0.001)
    else if (kind === 'scale') values[i]! *= scale * (1 + by(0.3))
    else if (kind === 'variance') values[i]! *= 1 + by(0.3)
    else if (kind === 'offset' || kind === 'mean' || kind === 'slope' || kind === 'bias') values[i]! += by(0.1)
  }
}

/** A small generator of its own, so that nothing comes from the code under test: uniform in [0, 1), a multiple of 2^-24. */
function uniform(name: string): () => number {
  let state = createHash('sha256').update(name).digest().readUInt32LE()
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}

/** Adds to each offset what step-torch.py moved it by: int8 in 1/1024. */
export function moveFromKinks(state: Record<string, Float32Array>, moves: Readonly<Record<string, string>>): void {
  for (const [name, base64] of Object.entries(moves)) {
    const steps = new Int8Array(Buffer.from(base64, 'base64'))
    const offsets = state[name]!
    for (let i = 0; i < steps.length; i++) offsets[i]! += steps[i]! / 1024
  }
}

/** The state's values in a few numbers: says whether a fixture is of this state. A last bit may differ between versions of Node. */
export function fingerprint(state: Readonly<Record<string, Float32Array>>): number[] {
  const names = Object.keys(state).sort()
  return [...sketch(Float64Array.from(names.map(name => norm(sketch(state[name]!)))))]
}
