import { DataError } from '@tiny-face/safe-files'
import type { NumberType } from './number-types.js'

/** The formats, by the program that writes them. */
export type WeightFormat = 'pytorch' | 'mxnet' | 'tensorflow' | 'onnx' | 'safetensors' | 'tfjs'

export interface TensorInfo {
  /** Row by row, the last axis fastest. */
  readonly shape: readonly number[]
  /** As the file has it; `read` gives float32. */
  readonly type: NumberType
}

/** A batch norm as the file's graph has it, where it has a graph. */
export interface NormSettings {
  readonly epsilon: number
  /** The scale is 1, whatever the file holds for it (MXNet's `fix_gamma`). */
  readonly fixedScale: boolean
}

/** A file of named tensors, open. Its tensors are read one at a time: a file may be larger than memory. */
export interface WeightFile {
  readonly file: string
  readonly format: WeightFormat
  /** In the file's order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** By the name that their tensors begin with. */
  readonly norms?: ReadonlyMap<string, NormSettings>
  /** What computes, in order, where the file holds it. */
  readonly graph?: readonly GraphOperation[]
  /**
   * A tensor's values.
   *
   * @throws DataError where the file is damaged, or has no such tensor
   */
  read(name: string): Float32Array
  close(): void
}

/** An operation of a graph. */
export interface GraphOperation {
  /** As ONNX names it: `Conv`, `Gemm`. */
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Those that are one number or a list of whole numbers. */
  readonly attributes: ReadonlyMap<string, number | readonly number[]>
}

/** The error of `read` for a name that a file does not have. */
export function noSuchTensor(file: string, name: string): DataError {
  return new DataError({ file, expected: `a tensor ${name}`, found: 'none' })
}
