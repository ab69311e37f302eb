/**
 * What a compiler target is given and gives back. A program is a pure function of named tensors; compiled, it is an
 * executable that keeps its state from step to step. Every tensor crosses this interface flat, in tfjs's own order (NHWC,
 * HWIO, row by row).
 */

import type * as tf from '@tensorflow/tfjs-core'
import type { Graph, TensorType } from './graph/graph.js'
import { cleanGraph } from './passes/clean-graph.js'
import { trace } from './trace/trace.js'

export type { TensorType } from './graph/graph.js'

/** float32, int32, and bool as bytes 0 and 1. */
export type TypedValues = Float32Array | Int32Array | Uint8Array

/** A step: a pure function of named tensors, and which input takes which output's value in the next step. */
export interface Program {
  readonly run: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>
  readonly inputs: Readonly<Record<string, TensorType>>
  /** Name of the input to the name of the output that gives its next value. */
  readonly state: ReadonlyMap<string, string>
  /** Inputs that are set like a state and stay as they are: weights, while embedding. */
  readonly constants?: readonly string[]
  /** Outputs, no states, that must be finite numbers: a step where one is not leaves every state as it was, and gives back its outputs. */
  readonly guards?: readonly string[]
}

export interface Executable {
  /** Sets states and constants by the names of their inputs; each must be set once before the first step. */
  setState(values: Readonly<Record<string, TypedValues>>): Promise<void>
  /** Copies of all states and constants as the last step left them. */
  getState(): Promise<Record<string, TypedValues>>
  /** Runs one step over the inputs that are neither state nor constant, and gives back the outputs that are no state. */
  step(inputs: Readonly<Record<string, TypedValues>>): Promise<Record<string, TypedValues>>
  /** Frees what the executable holds; a second call does nothing. */
  close(): Promise<void>
}

export interface CompileOptions {
  /** Threads of one operator; the target's own choice where left out. */
  readonly threads?: number
  /** Of the activations; parameters and what a program returns are float32 in any case. `f32` where left out. */
  readonly precision?: 'f32' | 'bf16'
}

export interface Target {
  readonly name: string
  /** @throws UnsupportedKernel, or an Error that says what the machine lacks */
  compile(program: Program, options?: CompileOptions): Promise<Executable>
}

/** A target met a kernel that it has no rule for. */
export class UnsupportedKernel extends Error {
  readonly kernel: string
  /** The tfjs function that recorded the kernel, where that is known. */
  readonly source: string | undefined
  readonly target: string
  readonly why: string | undefined

  constructor({ kernel, source, target, why }: { kernel: string; source?: string; target: string; why?: string }) {
    const from = source === undefined ? '' : ` (recorded by tf.${source})`
    super(`target ${target} has no rule for kernel ${kernel}${from}${why === undefined ? '' : `: ${why}`}`)
    this.name = 'UnsupportedKernel'
    this.kernel = kernel
    this.source = source
    this.target = target
    this.why = why
  }
}

/** Whether a step's guards hold, so that its state may be kept. */
export function guardsHold(
  { guards = [] }: Pick<Program, 'guards'>,
  outputs: Readonly<Record<string, TypedValues>>,
): boolean {
  return guards.every(name => outputs[name]!.every(Number.isFinite))
}

/** The program as a clean graph, for targets that lower graphs. */
export function graphOf(program: Program): Graph {
  return cleanGraph(trace(program.run, program.inputs))
}

/**
 * Throws where the program is not consistent: a state without its input or output, or one that changes its type or shape.
 *
 * @returns the graph's inputs that are set once: states and constants, by name
 */
export function settableInputs(program: Program, graph: Graph): Map<string, TensorType> {
  const settable = new Map<string, TensorType>()
  for (const name of [...program.state.keys(), ...(program.constants ?? [])]) {
    const value = graph.inputs.get(name)
    if (!value) throw new Error(`state ${name}: the program has no such input`)
    if (settable.has(name)) throw new Error(`state ${name}: is named twice`)
    settable.set(name, value)
  }
  for (const [name, output] of program.state) {
    const [value, next] = [settable.get(name)!, graph.outputs.get(output)]
    if (!next) throw new Error(`state ${name}: the program has no output ${output}`)
    const [before, after] = [value, next].map(({ shape, dtype }) => `${dtype}[${shape}]`)
    if (before !== after) throw new Error(`state ${name}: ${before} goes in and ${after} comes back`)
  }
  const nextValues = new Set(program.state.values())
  for (const name of program.guards ?? []) {
    if (!graph.outputs.has(name)) throw new Error(`guard ${name}: the program has no such output`)
    if (nextValues.has(name)) throw new Error(`guard ${name}: is the next value of a state`)
  }
  return settable
}
