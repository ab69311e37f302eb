/**
 * tf.train.Examples as bytes, written in every way that protobuf allows, with what they mean: an encoder and a model of
 * their own, which share nothing with src.
 */
import fc from 'fast-check'

type Kind = 'bytes' | 'float' | 'int64'
/** A list message in the value of an entry: its bytes, and what it adds to a list of its kind. */
interface Piece {
  kind: Kind
  bytes: Buffer
  values: string[]
}

/** A serialised Example, and its features in a form that can be compared: kind, and values as text. */
export interface SomeExample {
  bytes: Buffer
  features: Record<string, { kind: Kind | 'none'; values: string[] }>
}

/** Integers as protobuf writes them; `padding` bytes longer than they need to be. */
function varint(value: bigint | number, padding = 0): Buffer {
  const bytes: number[] = []
  for (let left = BigInt.asUintN(64, BigInt(value)); ; ) {
    bytes.push(Number(left & 127n) | 128)
    left >>= 7n
    if (left === 0n) break
  }
  for (let i = 0; i < padding; i++) bytes.push(128)
  bytes[bytes.length - 1]! &= 127
  return Buffer.from(bytes)
}

function tagged(number: number, type: number, ...rest: Buffer[]): Buffer {
  return Buffer.concat([varint(number * 8 + type), ...rest])
}

function message(number: number, body: Buffer, padding = 0): Buffer {
  return tagged(number, 2, varint(body.length, padding), body)
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -2n, max: 300n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, 2n ** 49n, 2n ** 49n - 1n, 2n ** 48n, -(2n ** 53n)),
)
const padding = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(2))
const someBytes = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ minLength: 120, maxLength: 140 }))

/** A field that no one knows, of any wire type. */
const unknown: fc.Arbitrary<Buffer> = fc.letrec<{ field: Buffer }>(tie => {
  const number = fc.integer({ min: 4, max: 70000 })
  return {
    field: fc.oneof(
      { maxDepth: 3 },
      fc.tuple(number, int64).map(([n, value]) => tagged(n, 0, varint(value))),
      fc.tuple(number, fc.uint8Array({ minLength: 8, maxLength: 8 })).map(([n, b]) => tagged(n, 1, Buffer.from(b))),
      fc.tuple(number, someBytes).map(([n, b]) => message(n, Buffer.from(b))),
      fc.tuple(number, fc.uint8Array({ minLength: 4, maxLength: 4 })).map(([n, b]) => tagged(n, 5, Buffer.from(b))),
      fc.tuple(number, fc.array(tie('field'), { maxLength: 2 })).map(([n, b]) => tagged(n, 3, ...b, tagged(n, 4))),
    ),
  }
}).field

/** Parts, with unknown fields between some of them. */
function strewn<T>(part: fc.Arbitrary<T>, none: (bytes: Buffer) => T, maxLength: number): fc.Arbitrary<T[]> {
  return fc.array(fc.oneof({ weight: 6, arbitrary: part }, unknown.map(none)), { maxLength })
}

function list(kind: Kind, numbers: fc.Arbitrary<{ text: string; bytes: Buffer }>, type: number): fc.Arbitrary<Piece> {
  const number = { bytes: 1, float: 2, int64: 3 }[kind]
  const single = numbers.map(({ text, bytes }) => ({ values: [text], bytes: tagged(1, type, bytes) }))
  const packed = fc.array(numbers, { maxLength: 4 }).map(values => ({
    values: values.map(value => value.text),
    bytes: message(1, Buffer.concat(values.map(value => value.bytes))),
  }))
  const run = kind === 'bytes' ? single : fc.oneof(single, packed)
  return fc
    .tuple(
      strewn(run, bytes => ({ values: [], bytes }), 4),
      padding,
    )
    .map(([runs, padding]) => ({
      kind,
      values: runs.flatMap(run => run.values),
      bytes: message(number, Buffer.concat(runs.map(run => run.bytes)), padding),
    }))
}

const piece = fc.oneof(
  list(
    'bytes',
    fc.tuple(someBytes, padding).map(([value, padding]) => ({
      text: Buffer.from(value).toString('hex'),
      bytes: Buffer.concat([varint(value.length, padding), value]),
    })),
    2,
  ),
  list(
    'float',
    // Not signalling NaNs, which JavaScript may make quiet.
    fc.float().map(value => {
      const bytes = Buffer.alloc(4)
      bytes.writeFloatLE(value)
      return { text: bytes.toString('hex'), bytes }
    }),
    5,
  ),
  list(
    'int64',
    fc.tuple(int64, padding).map(([value, padding]) => ({
      text: `${value}`,
      bytes: varint(value, value < 0n || value >= 2n ** 56n ? 0 : padding),
    })),
    0,
  ),
)

type Part = { key: string; bytes: Buffer } | { pieces: Piece[]; bytes: Buffer } | { bytes: Buffer }

function entry(keys: readonly string[]): fc.Arbitrary<{ key: string; pieces: Piece[]; bytes: Buffer }> {
  const key = fc.oneof(fc.constantFrom(...keys), fc.string({ unit: 'grapheme', maxLength: 4 }))
  const named: fc.Arbitrary<Part> = key.map(key => ({ key, bytes: message(1, Buffer.from(key)) }))
  const value: fc.Arbitrary<Part> = strewn<{ piece?: Piece; bytes: Buffer }>(
    piece.map(piece => ({ piece, bytes: piece.bytes })),
    bytes => ({ bytes }),
    3,
  ).map(parts => ({
    pieces: parts.flatMap(part => part.piece ?? []),
    bytes: message(2, Buffer.concat(parts.map(part => part.bytes))),
  }))
  const usual = fc.tuple(named, value)
  const odd = strewn<Part>(fc.oneof(named, value), bytes => ({ bytes }), 4)
  return fc.oneof({ weight: 3, arbitrary: usual }, odd).map(parts => ({
    key: parts.reduce((last, part) => ('key' in part ? part.key : last), ''),
    pieces: parts.flatMap(part => ('pieces' in part ? part.pieces : [])),
    bytes: message(1, Buffer.concat(parts.map(part => part.bytes))),
  }))
}

/** The value that pieces make: those of one kind after another are one list, those of another kind begin anew. */
function merged(pieces: Piece[]): SomeExample['features'][string] {
  let kind: Kind | 'none' = 'none'
  let values: string[] = []
  for (const piece of pieces) {
    if (piece.kind !== kind) values = []
    kind = piece.kind
    values = [...values, ...piece.values]
  }
  return { kind, values }
}

/** Examples whose features often have one of these names. */
export function arbitraryExample(keys: readonly string[]): fc.Arbitrary<SomeExample> {
  type Entries = { entries: { key: string; pieces: Piece[] }[]; bytes: Buffer }
  const features: fc.Arbitrary<Entries> = strewn<Entries>(
    entry(keys).map(entry => ({ entries: [entry], bytes: entry.bytes })),
    bytes => ({ entries: [], bytes }),
    5,
  ).map(parts => ({
    entries: parts.flatMap(part => part.entries),
    bytes: message(1, Buffer.concat(parts.map(part => part.bytes))),
  }))
  const odd = strewn<Entries>(features, bytes => ({ entries: [], bytes }), 3)
  return fc.oneof({ weight: 3, arbitrary: features.map(one => [one]) }, odd).map(parts => ({
    bytes: Buffer.concat(parts.map(part => part.bytes)),
    features: Object.fromEntries(
      parts.flatMap(part => part.entries).map(({ key, pieces }) => [`key ${key}`, merged(pieces)]),
    ),
  }))
}
