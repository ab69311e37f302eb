/*
 * Where a model comes from, kept in its metadata_props under the key `tiny_face.provenance` as JSON:
 *
 *   {"network": "mobilefacenet",   which of the networks it is
 *    "embeddingSize": 128,
 *    "step": 1340,                 the training step after which its weights were written
 *    "checkpoint": "9f86d0…",      the SHA-256 of the checkpoint's safetensors
 *    "precision": "f32"}           the number type of its weights: f32, f16 or int8
 *
 * Of weights that others published, in place of step and checkpoint:
 *
 *    "published": {"package": "@vladmandic/face-api@1.7.15",
 *                  "sha256": "0d77ff…",   of the package's archive
 *                  "licence": "MIT"}      by its name in SPDX's list
 */
import type { NetworkName } from '../typed-names.js'

/** The key in a model's metadata. */
export const PROVENANCE_KEY = 'tiny_face.provenance'

export const EXPORT_PRECISIONS = ['f32', 'f16', 'int8'] as const
export type ExportPrecision = (typeof EXPORT_PRECISIONS)[number]

export type Provenance = Origin & {
  readonly network: NetworkName
  readonly embeddingSize: number
  readonly precision: ExportPrecision
}

/** A run's step, or what others published. */
export type Origin =
  | {
      readonly step: number
      /** Undefined for a checkpoint of an older version, which has none. */
      readonly checkpoint: string | undefined
    }
  | { readonly published: { readonly package: string; readonly sha256: string; readonly licence: string } }

/** The value to store under PROVENANCE_KEY. */
export function formatProvenance({ network, embeddingSize, precision, ...origin }: Provenance): string {
  return JSON.stringify({ network, embeddingSize, ...origin, precision })
}

/** Whose names the tensors of an exported safetensors file have. */
export const TENSOR_NAMES = ['tiny-face', 'arcface_torch'] as const
