/*
 * Where a model comes from, kept in its metadata_props under the key `tiny_face.provenance` as JSON:
 *
 *   {"network": "mobilefacenet",   which of the networks it is
 *    "embeddingSize": 128,
 *    "step": 1340,                 the training step after which its weights were written
 *    "checkpoint": "9f86d0…",      the SHA-256 of the checkpoint's safetensors
 *    "precision": "f32"}           the number type of its weights: f32, f16 or int8
 */
import type { NetworkName } from '../typed-names.js'

/** The key in a model's metadata. */
export const PROVENANCE_KEY = 'tiny_face.provenance'

export const EXPORT_PRECISIONS = ['f32', 'f16', 'int8'] as const
export type ExportPrecision = (typeof EXPORT_PRECISIONS)[number]

export interface Provenance {
  readonly network: NetworkName
  readonly embeddingSize: number
  readonly step: number
  /** Undefined for a checkpoint of an older version, which has none. */
  readonly checkpoint: string | undefined
  readonly precision: ExportPrecision
}

/** The value to store under PROVENANCE_KEY. */
export function formatProvenance({ network, embeddingSize, step, checkpoint, precision }: Provenance): string {
  return JSON.stringify({ network, embeddingSize, step, checkpoint, precision })
}

/** Whose names the tensors of an exported safetensors file have. */
export const TENSOR_NAMES = ['tiny-face', 'arcface_torch'] as const
