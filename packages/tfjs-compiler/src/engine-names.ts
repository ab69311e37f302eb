/** Names alone, which load no tensor library: for a command's help and the reading of a configuration. */

export const ENGINE_NAMES = ['onnx', 'onednn', 'tensorflow', 'reference'] as const

export type EngineName = (typeof ENGINE_NAMES)[number]

/** What may be asked for by name; `auto` is the fastest that this machine has. */
export const ENGINE_CHOICES: readonly (EngineName | 'auto')[] = ['auto', ...ENGINE_NAMES]

/** Of what the network computes between its float32 inputs and weights. */
export type Precision = 'f32' | 'bf16'

export const PRECISIONS: readonly Precision[] = ['f32', 'bf16']
