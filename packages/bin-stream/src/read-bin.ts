/**
 * insightface's verification set (`.bin`): a pickle of two lists,
 *
 *     (bins, issame_list)
 *
 *     bins         2N encoded images: pair i is slots 2i and 2i + 1. Bytes, Python 2's str, or numpy uint8 of shape (n,) or (n, 1)
 *     issame_list  N booleans: whether the two are one person
 *
 * In the benchmark files the pairs are in 10 folds, in order. Reference: `load_bin` in
 * https://github.com/deepinsight/insightface/blob/master/recognition/arcface_torch/eval/verification.py
 */
import { openBin, setOf, type Truths } from './open-bin.js'

export interface VerificationSet {
  /** Encoded images; pair i is slots 2i and 2i + 1. */
  images: Uint8Array[]
  /** Whether pair i is one person. */
  same: boolean[]
}

/**
 * A whole set in memory; for a large one see openBin.
 *
 * @throws DataError as openBin
 */
export function readBin(file: string): VerificationSet {
  const bin = openBin(file)
  try {
    return { images: Array.from(bin.images, image => image.slice()), same: arrayOf(bin.same) }
  } finally {
    bin.close()
  }
}

/**
 * A set whose images share memory with `bytes`, where they lie there as they are.
 *
 * @param file for messages
 * @throws DataError as openBin
 */
export function parseBin(bytes: Uint8Array, file?: string): VerificationSet {
  const { images, same } = setOf(bytes, file)
  return { images: [...images], same: arrayOf(same) }
}

function arrayOf(truths: Truths): boolean[] {
  return Array.from({ length: truths.length }, (_, i) => truths.at(i)!)
}
