/*
 * An ONNX model file is one protobuf message, ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Nearly all of its bytes are
 * weights. So they are read only where they are asked for, and a field that is passed over by its length also finds a file that was cut off
 * before native code meets it (placedFields of protobuf-wire).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import type { PlacedBytes, PlacedField } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'

export const MODEL = 'an ONNX model'

const WINDOW_BYTES = 1 << 16

/** A model's bytes, wherever they are. */
export interface ModelBytes extends PlacedBytes {
  readonly size: number
}

/**
 * Lends a model's bytes.
 *
 * @param model the bytes, or the path of a file, which is closed afterwards
 * @throws DataError that says what the file is where `use` finds that it is no ONNX model
 */
export function withModelBytes<T>(model: Uint8Array | string, use: (bytes: ModelBytes) => T): T {
  if (typeof model !== 'string') {
    const read = (offset: number, length: number) => model.subarray(offset, offset + length)
    return orOtherKind({ file: 'ONNX model', expected: MODEL, size: model.length, read }, use)
  }
  const fd = openSync(model, 'r')
  try {
    return orOtherKind({ file: model, expected: MODEL, size: fstatSync(fd).size, read: windowOf(fd) }, use)
  } finally {
    closeSync(fd)
  }
}

export function textOf(bytes: ModelBytes, { start, end }: PlacedField): string {
  return new TextDecoder().decode(bytes.read(start, end - start))
}

/** Reads a file piece by piece through one buffer: most fields of a graph are a few bytes. */
function windowOf(fd: number): ModelBytes['read'] {
  const window = new Uint8Array(WINDOW_BYTES)
  let from = 0
  let filled = 0
  return (offset, length) => {
    if (length > WINDOW_BYTES) return fill(fd, new Uint8Array(length), offset)
    if (offset < from || offset + length > from + filled) {
      filled = fill(fd, window, offset).length
      from = offset
    }
    return window.subarray(offset - from, Math.min(filled, offset - from + length))
  }
}

function fill(fd: number, bytes: Uint8Array, offset: number): Uint8Array {
  let filled = 0
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, offset + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

function orOtherKind<T>(bytes: ModelBytes, use: (bytes: ModelBytes) => T): T {
  try {
    return use(bytes)
  } catch (error) {
    if (!(error instanceof DataError) || error.expected !== MODEL) throw error
    const found = fileKind(bytes.read(0, Math.min(KIND_BYTES, bytes.size)))
    if (found === undefined) throw error
    throw new DataError({ file: bytes.file, offset: 0, expected: MODEL, found, cause: error })
  }
}
