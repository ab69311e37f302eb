/** Engines by name. Each is loaded only when it is asked for, so that one that is missing disturbs no other. */

import { ENGINE_NAMES, type EngineName } from './engine-names.js'
import type { CompileOptions, Executable, Program, Target } from './executable.js'
import { type EngineWish, resolveEngine } from './resolve-engine.js'

/** One line an engine: where its target is. */
const TARGETS = {
  onnx: async () => (await import('./targets/onnx/onnx-target.js')).onnxTarget,
  onednn: async () => (await import('./targets/onednn/onednn-target.js')).onednnTarget,
  tensorflow: async () => (await import('./targets/tensorflow/tensorflow-target.js')).tensorflowTarget,
  reference: async () => (await import('./targets/reference/reference-target.js')).referenceTarget,
} satisfies Record<EngineName, () => Promise<Target>>

export interface EngineOptions extends CompileOptions, EngineWish {}

/** Compiles a program for an engine. @throws RangeError for an unknown engine; what resolveEngine and the engine's target throw */
export async function compile(
  program: Program,
  { engine, precision, ...options }: EngineOptions = {},
): Promise<Executable> {
  const choice = resolveEngine({ engine, precision })
  return (await loadTarget(choice.engine)).compile(program, { ...options, precision: choice.precision })
}

async function loadTarget(engine: EngineName): Promise<Target> {
  if (!Object.hasOwn(TARGETS, engine))
    throw new RangeError(`engine ${engine}: expected one of ${ENGINE_NAMES.join(', ')}`)
  return TARGETS[engine]()
}
