/*
 * An ONNX model file is one protobuf message, ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto):
 * fields one after another, each a varint key (field number << 3 | wire type) and then
 *
 *   wire type 0  a varint
 *             1  8 bytes
 *             2  a varint length and that many bytes
 *             5  4 bytes
 *
 * Of its fields these matter here: 7 graph (a message, all but a few bytes of the file) and 14 metadata_props, repeated, each a
 * StringStringEntryProto: 1 key, 2 value. onnxruntime-node does not hand metadata_props out, so they are read from the file;
 * everything else is skipped without being read, which also finds a file that was cut off before native code meets it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'

/** A key and its value are both shorter than this in any sane model. */
export const MAX_METADATA_ENTRY_BYTES = 16 * 1024 * 1024

const GRAPH = 7
const METADATA_PROPS = 14
const MAX_VARINT_BYTES = 10

interface Source {
  file: string
  size: number
  /** At most `length` bytes from `offset`, fewer at the end. */
  read(offset: number, length: number): Uint8Array
}

interface Field {
  number: number
  wireType: number
  start: number
  end: number
}

/**
 * The `metadata_props` of an ONNX model, read without loading its graph.
 *
 * @param model the file's bytes, or its path
 * @throws DataError where the bytes are no ONNX model, or end early, or an entry is over MAX_METADATA_ENTRY_BYTES
 */
export function readModelMetadata(model: Uint8Array | string): Record<string, string> {
  if (typeof model !== 'string')
    return metadataOf({
      file: 'ONNX model',
      size: model.length,
      read: (offset, length) => model.subarray(offset, offset + length),
    })
  const fd = openSync(model, 'r')
  try {
    const read = (offset: number, length: number) => {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        const count = readSync(fd, bytes, filled, length - filled, offset + filled)
        if (count === 0) break
        filled += count
      }
      return bytes.subarray(0, filled)
    }
    return metadataOf({ file: model, size: fstatSync(fd).size, read })
  } finally {
    closeSync(fd)
  }
}

function metadataOf(source: Source): Record<string, string> {
  const metadata = new Map<string, string>()
  let hasGraph = false
  for (const field of fieldsOf(source, 0, source.size)) {
    if (field.wireType !== 2) continue
    if (field.number === GRAPH) hasGraph = true
    if (field.number === METADATA_PROPS) metadata.set(...entryOf(source, field))
  }
  if (!hasGraph) throw new DataError({ file: source.file, expected: 'an ONNX model', found: 'no graph in it' })
  return Object.fromEntries(metadata)
}

function entryOf(source: Source, { start, end }: Field): [key: string, value: string] {
  if (end - start > MAX_METADATA_ENTRY_BYTES)
    throw new DataError({
      file: source.file,
      offset: start,
      expected: `a metadata entry of at most ${MAX_METADATA_ENTRY_BYTES} bytes`,
      found: `${end - start}`,
    })
  const text = ['', '']
  for (const { number, wireType, start: from, end: to } of fieldsOf(source, start, end))
    if (wireType === 2 && (number === 1 || number === 2))
      text[number - 1] = new TextDecoder().decode(source.read(from, to - from))
  return text as [string, string]
}

function* fieldsOf(source: Source, start: number, end: number): Generator<Field> {
  let offset = start
  while (offset < end) {
    const key = varint(source, offset, end)
    const number = Math.floor(key.value / 8)
    const wireType = key.value % 8
    const body = bodyOf(source, offset, end, number, wireType, key.next)
    if (body.end > end)
      throw new DataError({
        file: source.file,
        offset,
        expected: `${body.end - body.start} bytes of field ${number}`,
        found: `${Math.max(0, end - body.start)}`,
      })
    yield { number, wireType, ...body }
    offset = body.end
  }
}

function bodyOf(source: Source, offset: number, end: number, number: number, wireType: number, start: number) {
  if (number > 0 && wireType === 0) return { start, end: varint(source, start, end).next }
  if (number > 0 && wireType === 1) return { start, end: start + 8 }
  if (number > 0 && wireType === 5) return { start, end: start + 4 }
  if (number > 0 && wireType === 2) {
    const length = varint(source, start, end)
    return { start: length.next, end: length.next + length.value }
  }
  const found = `field ${number} of wire type ${wireType}`
  throw new DataError({ file: source.file, offset, expected: 'an ONNX model', found })
}

function varint(source: Source, offset: number, end: number): { value: number; next: number } {
  const bytes = source.read(offset, Math.min(MAX_VARINT_BYTES, end - offset))
  let value = 0
  for (const [i, byte] of bytes.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: offset + i + 1 }
  }
  const found = bytes.length < MAX_VARINT_BYTES ? 'the end of it' : `a number of over ${MAX_VARINT_BYTES} bytes`
  throw new DataError({ file: source.file, offset, expected: 'an ONNX model', found })
}
