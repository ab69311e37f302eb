import { assignLayouts, compileOnnx, type OnnxExecutable as Executable } from '@tiny-face/tfjs-compiler'
import { type TrainingStep, traceTrainingStep } from './training-step.js'

export interface TrainingExecutable extends Executable {
  /** The state by name, in tfjs's own layout. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
}

/** A training step, traced, cleaned and lowered for the CPU. Its state must be set before the first step. */
export async function compileTrainingStep(
  step: TrainingStep,
  { threads }: { threads?: number } = {},
): Promise<TrainingExecutable> {
  const graph = assignLayouts(traceTrainingStep(step), { image: 'nchw', filter: 'oihw' })
  const state = [...step.state.keys()].map(name => ({ input: name, output: `next/${name}` }))
  const executable = await compileOnnx(graph, { state, ...(threads === undefined ? {} : { threads }) })
  return { ...executable, shapes: step.state }
}
