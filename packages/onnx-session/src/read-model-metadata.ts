/*
 * The `metadata_props` of an ONNX model: field 14 of ModelProto, repeated, each a StringStringEntryProto (1 key, 2 value).
 * onnxruntime-node does not hand them out, so they are read from the file (layout: placed-fields.ts of protobuf-wire).
 */
import { type PlacedField, placedFields } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'
import { MODEL, type ModelBytes, textOf, withModelBytes } from './model-bytes.js'

/** A key and its value are both shorter than this in any sane model. */
export const MAX_METADATA_ENTRY_BYTES = 16 * 1024 * 1024

const GRAPH = 7
const METADATA_PROPS = 14

/**
 * The `metadata_props` of an ONNX model, read without loading its graph.
 *
 * @param model the file's bytes, or its path
 * @throws DataError where the bytes are no ONNX model, or end early, or an entry is over MAX_METADATA_ENTRY_BYTES
 */
export function readModelMetadata(model: Uint8Array | string): Record<string, string> {
  return withModelBytes(model, metadataOf)
}

function metadataOf(bytes: ModelBytes): Record<string, string> {
  const metadata = new Map<string, string>()
  let hasGraph = false
  for (const field of placedFields(bytes, 0, bytes.size)) {
    if (field.wireType !== 2) continue
    if (field.number === GRAPH) hasGraph = true
    if (field.number === METADATA_PROPS) metadata.set(...entryOf(bytes, field))
  }
  if (!hasGraph) throw new DataError({ file: bytes.file, expected: MODEL, found: 'no graph in it' })
  return Object.fromEntries(metadata)
}

function entryOf(bytes: ModelBytes, { start, end }: PlacedField): [key: string, value: string] {
  if (end - start > MAX_METADATA_ENTRY_BYTES)
    throw new DataError({
      file: bytes.file,
      offset: start,
      expected: `a metadata entry of at most ${MAX_METADATA_ENTRY_BYTES} bytes`,
      found: `${end - start}`,
    })
  const entry = ['', '']
  for (const field of placedFields(bytes, start, end))
    if (field.wireType === 2 && (field.number === 1 || field.number === 2))
      entry[field.number - 1] = textOf(bytes, field)
  return entry as [string, string]
}
