/** Engines by name. Each is loaded only when it is asked for, so that one that is missing disturbs no other. */

import type { CompileOptions, Executable, Program, Target } from './executable.js'

/** One line an engine: where its target is. */
const TARGETS = {
  onnx: async () => (await import('./targets/onnx/onnx-target.js')).onnxTarget,
  reference: async () => (await import('./targets/reference/reference-target.js')).referenceTarget,
} satisfies Record<string, () => Promise<Target>>

export type EngineName = keyof typeof TARGETS

export const ENGINE_NAMES = Object.keys(TARGETS) as EngineName[]

export interface EngineOptions extends CompileOptions {
  /** `auto` takes the fastest that this machine has. */
  readonly engine?: EngineName | 'auto'
}

/** The engine that `auto` stands for on this machine; any other name stands for itself. */
export async function chooseEngine(engine: EngineName | 'auto' = 'auto'): Promise<EngineName> {
  return engine === 'auto' ? 'onnx' : engine
}

/** Compiles a program for an engine. @throws RangeError for an unknown engine; what the engine's target throws */
export async function compile(program: Program, { engine, ...options }: EngineOptions = {}): Promise<Executable> {
  return (await loadTarget(await chooseEngine(engine))).compile(program, options)
}

async function loadTarget(engine: EngineName): Promise<Target> {
  if (!Object.hasOwn(TARGETS, engine))
    throw new RangeError(`engine ${engine}: expected one of ${ENGINE_NAMES.join(', ')}`)
  return TARGETS[engine]()
}
