import { BYTES, FIXED32, ProtobufReader, VARINT } from '@tiny-face/protobuf-wire'
import type { Example, Feature } from './example.js'

/**
 * Reads a serialised tf.train.Example as protobuf's own parsers do: lists packed or not, fields in any order, messages in
 * pieces merged, of a name that occurs twice the last one, unknown fields passed over (an entry that has such is kept; Python's
 * protobuf sets it aside). Bytes are views of the input.
 *
 * @throws DataError (`offset` is into the bytes) where they are no protobuf message of that kind
 */
export function decodeExample(bytes: Uint8Array): Example {
  const reader = new ProtobufReader(bytes)
  const example: Example = new Map()
  while (reader.more) {
    const tag = reader.tag()
    if (tag !== field(1, BYTES)) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    readFeatures(reader, example)
    reader.leave(outer)
  }
  return example
}

function readFeatures(reader: ProtobufReader, example: Example): void {
  while (reader.more) {
    const tag = reader.tag()
    if (tag !== field(1, BYTES)) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    readEntry(reader, example)
    reader.leave(outer)
  }
}

function readEntry(reader: ProtobufReader, example: Example): void {
  let key = ''
  const lists = new Lists()
  while (reader.more) {
    const tag = reader.tag()
    if (tag === field(1, BYTES)) key = reader.string()
    else if (tag === field(2, BYTES)) {
      const outer = reader.enter()
      readFeature(reader, lists)
      reader.leave(outer)
    } else reader.skip(tag)
  }
  example.set(key, lists.feature())
}

function readFeature(reader: ProtobufReader, lists: Lists): void {
  while (reader.more) {
    const tag = reader.tag()
    const kind = KINDS[tag]
    if (kind === undefined) {
      reader.skip(tag)
      continue
    }
    lists.choose(kind)
    const outer = reader.enter()
    while (reader.more) lists.read(reader)
    reader.leave(outer)
  }
}

const KINDS: { [tag: number]: 'bytes' | 'float' | 'int64' } = {
  [field(1, BYTES)]: 'bytes',
  [field(2, BYTES)]: 'float',
  [field(3, BYTES)]: 'int64',
}

/** The values of one feature as they come; of the kinds of a oneof the last to come counts. */
class Lists {
  #kind: Feature['kind'] = 'none'
  #bytes: Uint8Array[] = []
  #floats: number[] = []
  #integers: bigint[] = []

  choose(kind: Feature['kind']): void {
    if (kind === this.#kind) return
    this.#kind = kind
    this.#bytes = []
    this.#floats = []
    this.#integers = []
  }

  /** Reads one field of the list. */
  read(reader: ProtobufReader): void {
    const tag = reader.tag()
    if (this.#kind === 'bytes' && tag === field(1, BYTES)) this.#bytes.push(reader.view())
    else if (this.#kind === 'float' && tag === field(1, FIXED32)) this.#floats.push(reader.float())
    else if (this.#kind === 'int64' && tag === field(1, VARINT)) this.#integers.push(reader.int64())
    else if (this.#kind !== 'bytes' && tag === field(1, BYTES)) {
      const outer = reader.enter()
      if (this.#kind === 'float') while (reader.more) this.#floats.push(reader.float())
      else while (reader.more) this.#integers.push(reader.int64())
      reader.leave(outer)
    } else reader.skip(tag)
  }

  feature(): Feature {
    switch (this.#kind) {
      case 'bytes':
        return { kind: 'bytes', values: this.#bytes }
      case 'float':
        return { kind: 'float', values: Float32Array.from(this.#floats) }
      case 'int64':
        return { kind: 'int64', values: BigInt64Array.from(this.#integers) }
      default:
        return { kind: 'none' }
    }
  }
}

function field(number: number, type: number): number {
  return (number << 3) | type
}
