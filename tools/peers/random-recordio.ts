// Our half of random-recordio.py, where the descriptions are laid out.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { copyRecord, type DataMap, type Label, tensorOf, tensorValues } from '@tiny-face/record-stream'
import { type ReadOptions, RecordIOWriter, readRecordIO } from '@tiny-face/recordio-stream'
import fc from 'fast-check'
import type { Peer } from './check-random.js'
import { throughStream } from './through-stream.js'

interface Described {
  key: string
  raw?: string
  flag?: number
  label?: string
  first?: string
  id?: string
  id2?: string
  payload?: string
}

/** What MXNet reads of one of its own records. */
interface Theirs extends Described {
  raw: string
  packed: boolean
  role: 'image' | 'header' | 'identity' | null
}

interface File<Record> {
  file: string
  indexed: 'int' | 'str' | null
  records: Record[]
}

export const recordio: Peer = {
  name: 'recordio',
  program: 'MXNet',
  environment: 'mxnet',
  difference,
  write,
}

/** Reads one of MXNet's files in every way there is. */
function difference(folder: string, { file, indexed, records }: File<Theirs>): string | undefined {
  const path = join(folder, file)
  const read = (options: ReadOptions) => Array.from(readRecordIO(path, options), copyRecord)
  const maps = read({ all: true })
  if (maps.length !== records.length) return `MXNet reads ${records.length} records, we ${maps.length}`
  for (const [i, record] of records.entries()) {
    const wrong = recordDifference(record, maps[i]!)
    if (wrong !== undefined) return `record ${record.key}: ${wrong}`
  }
  const images = maps.filter(({ image }) => image !== undefined).map(({ id, label, image }) => ({ id, label, image }))
  if (!isDeepStrictEqual(read({}), images)) return 'the images alone are not those of all records'
  if (indexed !== null) {
    const sorted = [...maps].sort((a, b) => (a.id! < b.id! ? -1 : 1))
    if (!isDeepStrictEqual(read({ all: true, order: 'index' }), sorted)) return 'by index we read other records'
  }
  const parts = [0, 1, 2].flatMap(index => read({ all: true, part: { index, of: 3 } }))
  const withoutId = ({ id: _, ...record }: DataMap) => record
  if (!isDeepStrictEqual(parts.map(withoutId), maps.map(withoutId))) return 'three parts are not the whole'
  return copyDifference(path, throughStream(maps, folder), indexed !== null)
}

function recordDifference(record: Theirs, map: DataMap): string | undefined {
  const found = describe(map)
  const known = found.raw === undefined
  if (!known && mustBeKnown(record)) return `${record.role ?? 'a packed record'} was not taken for what it is`
  if (record.role !== null && map.recordio?.role !== record.role) {
    return `is ${record.role}, was taken for ${map.recordio?.role}`
  }
  // Of bytes that were not packed MXNet says nothing but what they are; a label and an id may be seen in them.
  if (known && !record.packed) return undefined
  const { packed: _, role: __, raw, ...fields } = record
  const expected = known ? fields : { key: record.key, raw }
  return isDeepStrictEqual(found, expected)
    ? undefined
    : `${JSON.stringify(expected)}, we read ${JSON.stringify(found)}`
}

/** A record with a header is known by its image, or by plausible labels and id (image-record.ts). */
function mustBeKnown({ packed, role, label, id }: Theirs): boolean {
  if (!packed) return false
  if (role !== null) return true
  return BigInt(id!) < 2n ** 53n && floats(label!).every(Number.isFinite)
}

/** A copy of the file and its index, through a stream and our writer, is the same bytes. */
function copyDifference(path: string, maps: readonly DataMap[], indexed: boolean): string | undefined {
  // A dataset of no record is refused.
  if (maps.length === 0) return undefined
  const copy = path.replace(/\.rec$/, '-copy.rec')
  const writer = new RecordIOWriter(copy)
  for (const map of maps) writer.write(map)
  writer.commit()
  const isSame = (a: string, b: string) => readFileSync(a).equals(readFileSync(b))
  const [index, copiedIndex] = [path, copy].map(name => name.replace(/\.rec$/, '.idx')) as [string, string]
  const sortedIndex = () => {
    const lines = (name: string) => readFileSync(name, 'utf8').split('\n').sort()
    return isDeepStrictEqual(lines(index), lines(copiedIndex))
  }
  const wrong = !isSame(path, copy) ? 'the copy differs' : indexed && !sortedIndex() ? 'its index differs' : undefined
  for (const name of [copy, copiedIndex, join(path, '../property')]) if (existsSync(name)) rmSync(name)
  return wrong
}

function describe({ id, image, payload = image ?? new Uint8Array(0), recordio }: DataMap): Described {
  const key = String(id)
  if (recordio?.flag === undefined) return { key, raw: sha256(payload) }
  const label = hex(recordio.label!.data)
  const { first } = recordio as { first?: { data: Uint8Array } }
  return {
    key,
    flag: recordio.flag,
    label,
    first: recordio.flag === 0 ? label : first === undefined ? '00000000' : hex(first.data),
    id: String(recordio.id),
    id2: String(recordio.id2),
    payload: sha256(payload),
  }
}

const MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce])
const word = fc.oneof(
  fc.constant(MAGIC),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map(bytes => Buffer.from(bytes)),
)
const some = (maxLength: number) => fc.uint8Array({ maxLength }).map(bytes => Buffer.from(bytes))
/** Also empty, and with the magic number at multiples of 4 and elsewhere. */
const anyBytes = fc.oneof(
  some(300),
  fc.tuple(some(3), fc.array(word, { maxLength: 12 }), some(3)).map(([a, words, b]) => Buffer.concat([a, ...words, b])),
  fc
    .tuple(fc.nat({ max: 80_000 }), some(40))
    .map(([length, bytes]) => Buffer.alloc(length, bytes.length > 0 ? bytes : 1)),
)
const anyImage = fc
  .tuple(fc.constantFrom([0xff, 0xd8, 0xff, 0xe0], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), anyBytes)
  .map(([signature, bytes]) => Buffer.concat([Buffer.from(signature), bytes]))
const float = fc.oneof(fc.float(), fc.nat(100_000), fc.constant(new Float32Array(Uint8Array.from(MAGIC).buffer)[0]!))
const vector = fc.array(float, { minLength: 1, maxLength: 20 }).map(values => tensorOf(Float32Array.from(values)))
const id = fc.oneof(fc.nat(), fc.bigInt(0n, 2n ** 64n - 1n).map(smallest), fc.constant(2n ** 64n - 1n))

const carried: fc.Arbitrary<DataMap> = fc.oneof(
  anyBytes.map(payload => ({ payload, recordio: { role: 'raw' as const } })),
  fc
    .record({ vector, isVector: fc.boolean(), id, id2: id, bytes: fc.oneof(anyImage, anyBytes), isImage: fc.boolean() })
    .map(({ vector, isVector, id, id2, bytes, isImage }): DataMap => {
      const label = isVector ? vector : tensorOf(tensorValues(vector).slice(0, 1) as Float32Array)
      const recordio = { flag: isVector ? vector.shape[0]! : 0, label, id, id2 }
      if (isImage) return { image: bytes, recordio: { role: 'image', ...recordio } }
      return { payload: bytes, recordio: { role: 'raw', ...recordio } }
    }),
)
const keys = fc.oneof(
  fc.uniqueArray(id, { minLength: 15, maxLength: 15, selector: String }),
  fc.uniqueArray(fc.stringMatching(/^\w[\w /é.-]{0,20}\w$/), { minLength: 15, maxLength: 15 }),
)
const carriedFile = fc
  .tuple(fc.array(carried, { minLength: 1, maxLength: 15 }), keys)
  .map(([maps, keys]) => maps.map((map, i): DataMap => ({ id: keys[i]!, ...map })))

const plainLabel: fc.Arbitrary<Label> = fc.oneof(
  fc.nat(2 ** 24),
  fc.float({ noNaN: true }),
  vector,
  fc.array(fc.nat(255), { minLength: 1, maxLength: 9 }).map(values => tensorOf(Uint8Array.from(values))),
)
const plainFile = fc.array(
  fc.record({ image: anyImage, label: plainLabel }).map((map): DataMap => map),
  { minLength: 1, maxLength: 15 },
)
/** Labels 0, 1, 2, … in runs, or labels of several numbers whose first are. */
const groupedFile = fc
  .tuple(fc.array(fc.array(anyImage, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([people, areVectors]) =>
    people.flatMap((images, person) => {
      return images.map((image, i): DataMap => ({ image, label: areVectors ? vectorOf(person, i / 4) : person }))
    }),
  )
const anyFile = fc.oneof(
  carriedFile.map(maps => ({ maps, records: maps.map(describe) })),
  plainFile.map(maps => ({ maps, records: expectedRows(maps) })),
  groupedFile.map(maps => ({ maps, records: expectedRows(maps) })),
)

function write(folder: string, files: number, seed: number): File<Described>[] {
  return fc.sample(anyFile, { numRuns: files, seed }).map(({ maps, records }, number) => {
    const file = `${String(number).padStart(4, '0')}.rec`
    const writer = new RecordIOWriter(join(folder, file), { force: true })
    for (const map of maps) writer.write(map)
    writer.commit()
    return { file, indexed: typeof maps[0]?.id === 'string' ? 'str' : 'int', records }
  })
}

/** The rows that images become: with header and identities where their labels, of several numbers the first, are 0, 1, 2, … in runs. */
function expectedRows(maps: readonly DataMap[]): Described[] {
  const labels = maps.map(({ label }) =>
    Math.fround(Number(typeof label === 'object' ? tensorValues(label)[0] : label)),
  )
  const isGrouped = labels[0] === 0 && labels.every((label, i) => i === 0 || isNext(label, labels[i - 1]))
  if (!isGrouped) return maps.map(({ image, label }, key) => row(key, label!, image!))
  const classes = new Set(labels).size
  const end = maps.length + 1
  return [
    row(0, vectorOf(end, end + classes)),
    ...maps.map(({ image, label }, i) => row(i + 1, label!, image!)),
    ...Array.from({ length: classes }, (_, person) =>
      row(end + person, vectorOf(1 + labels.indexOf(person), 2 + labels.lastIndexOf(person))),
    ),
  ]
}

function isNext(label: number, before: number | undefined): boolean {
  return before !== undefined && (label === before || label === before + 1)
}

function vectorOf(...values: number[]): Label {
  return tensorOf(Float32Array.from(values))
}

function row(key: number, label: Label, payload: Uint8Array = new Uint8Array(0)): Described {
  const values = typeof label === 'object' ? Array.from(tensorValues(label), Number) : [Number(label)]
  const floats = hex(new Uint8Array(Float32Array.from(values).buffer))
  const [flag, first] = typeof label === 'object' ? [values.length, '00000000'] : [0, floats]
  return { key: String(key), flag, label: floats, first, id: String(key), id2: '0', payload: sha256(payload) }
}

function smallest(id: bigint): number | bigint {
  return id < 2n ** 53n ? Number(id) : id
}

function floats(text: string): number[] {
  const bytes = Buffer.from(text, 'hex')
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
