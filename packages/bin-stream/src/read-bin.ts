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
import { readFileSync, statSync } from 'node:fs'
import { DataError } from '@tiny-face/record-stream'
import { isNumpyArray, MAX_PICKLE_BYTES, PickleError, type PickleValue, readPickle } from '@tiny-face/safe-pickle'

export interface VerificationSet {
  /** Encoded images; pair i is slots 2i and 2i + 1. They share the file's memory. */
  images: Uint8Array[]
  /** Whether pair i is one person. */
  same: boolean[]
}

/** @throws DataError as parseBin, and for a file that is too long to read in one piece */
export function readBin(file: string): VerificationSet {
  const { size } = statSync(file)
  if (size > MAX_PICKLE_BYTES) {
    throw new DataError({ file, expected: `at most ${MAX_PICKLE_BYTES} bytes`, found: `${size}` })
  }
  return parseBin(readFileSync(file), file)
}

/**
 * @param file for messages
 * @throws DataError for damage, for a pickle that holds anything but data (nothing of it is executed), and for one that is
 *   no verification set
 */
export function parseBin(bytes: Uint8Array, file?: string): VerificationSet {
  const value = plainValue(bytes, file)
  const [bins, issame] = Array.isArray(value) && value.length === 2 ? value : []
  if (!Array.isArray(bins) || issame === undefined) {
    throw new DataError({ file, expected: 'a pickle of (bins, issame_list)', found: kindOf(value) })
  }
  const same = booleans(issame, file)
  if (bins.length !== 2 * same.length) {
    throw new DataError({
      file,
      expected: `${2 * same.length} images for ${same.length} pairs`,
      found: `${bins.length}`,
    })
  }
  return { images: bins.map((bin, slot) => imageBytes(bin, slot, file)), same }
}

function plainValue(bytes: Uint8Array, file: string | undefined): PickleValue {
  try {
    return readPickle(bytes)
  } catch (error) {
    if (!(error instanceof PickleError)) throw error
    const { offset, expected, found } = error
    throw new DataError({ file, offset, expected, found, cause: error })
  }
}

function booleans(issame: PickleValue, file: string | undefined): boolean[] {
  const values = isNumpyArray(issame) && issame.dtype === 'bool' ? [...issame.data] : issame
  if (!Array.isArray(values)) throw new DataError({ file, expected: 'a list of booleans', found: kindOf(values) })
  return values.map((value, index) => {
    if (value === true || value === 1) return true
    if (value === false || value === 0) return false
    throw new DataError({ file, expected: `a boolean for pair ${index}`, found: kindOf(value) })
  })
}

function imageBytes(bin: PickleValue, slot: number, file: string | undefined): Uint8Array {
  const encoded =
    isNumpyArray(bin) && bin.dtype === 'uint8' && bin.shape.every((size, axis) => axis === 0 || size === 1)
  const bytes = encoded ? bin.data : bin
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    throw new DataError({ file, id: slot, expected: 'the bytes of an encoded image', found: kindOf(bin) })
  }
  return bytes
}

function kindOf(value: PickleValue): string {
  if (value === null) return 'None'
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (isNumpyArray(value)) return `a ${value.dtype} array of shape (${value.shape.join(', ')})`
  if (Array.isArray(value)) return `a ${Object.isFrozen(value) ? 'tuple' : 'list'} of ${value.length}`
  if (typeof value === 'object') return value instanceof Map ? 'a dict' : 'a set'
  return typeof value === 'string' ? 'a text' : String(value).slice(0, 40)
}
