// Our half of random-webdataset.py, where the descriptions are laid out.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { DataMap } from '@tiny-face/record-stream'
import { readSamples, readWebDataset, type Sample, writeWebDataset } from '@tiny-face/webdataset-stream'
import fc from 'fast-check'
import type { Peer } from './check-random.js'

interface Described {
  key: string
  files: Record<string, unknown>
  label?: string | null
}

interface File {
  file: string
  records: Described[]
}

export const webdataset: Peer = {
  name: 'webdataset',
  program: 'webdataset',
  environment: 'webdataset',
  difference,
  write,
}

const IMAGES = ['jpg', 'jpeg', 'png']

/** Reads one of webdataset's files: its samples, and the data maps that they become. */
function difference(folder: string, { file, records }: File): string | undefined {
  const path = join(folder, file)
  const samples = [...readSamples(path)]
  if (samples.length !== records.length) return `webdataset reads ${records.length} samples, we ${samples.length}`
  const wrong = samples.map(sampleDifference(records)).find(difference => difference !== undefined)
  if (wrong !== undefined) return wrong
  const images = records.filter(({ files }) => IMAGES.some(extension => files[extension] !== undefined))
  if (images.length === 0) return undefined
  const maps = [...readWebDataset([path])]
  if (maps.length !== images.length) return `${images.length} samples hold images, we give ${maps.length}`
  return maps.map(mapDifference(images)).find(difference => difference !== undefined)
}

/** Of extensions that we do not read there is no more than the name. */
function sampleDifference(records: Described[]) {
  return ({ key, files }: Sample, number: number): string | undefined => {
    const { label: _, ...expected } = records[number]!
    const found = Array.from(files, ([name, bytes]) => [
      name,
      bytes === undefined ? expected.files[name] : sha256(bytes),
    ])
    const described = { key, files: Object.fromEntries(found) }
    return isDeepStrictEqual(described, expected)
      ? undefined
      : `sample ${number}: webdataset reads ${JSON.stringify(expected)}, we ${JSON.stringify(described)}`
  }
}

function mapDifference(images: Described[]) {
  return ({ image, label }: DataMap, number: number): string | undefined => {
    const { key, files, label: expected } = images[number]!
    const extension = IMAGES.find(extension => files[extension] !== undefined)!
    if (sha256(image!) !== files[extension]) return `${key}: another image`
    const found = label === undefined ? null : String(label)
    return found === expected ? undefined : `${key}: webdataset reads label ${expected}, we ${found}`
  }
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.constantFrom(505, 508, 509, 510, 1021, 70_000).map(length => new Uint8Array(length).fill(length)),
)
const JPEG = [0xff, 0xd8, 0xff]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const image = fc.tuple(fc.constantFrom(JPEG, PNG), bytes).map(([head, rest]) => Uint8Array.from([...head, ...rest]))
/** What JSON holds, and Python's reads as we do: floats that are whole are integers to neither. */
const attribute = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Number.isInteger(value)),
  fc.array(fc.integer(), { maxLength: 5 }),
)
const attributes = fc.dictionary(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }).map(name => `a_${name}`),
  attribute,
  { maxKeys: 4, noNullPrototype: true },
)
const record = fc.record({
  image,
  label: fc.option(fc.oneof(fc.nat(100_000), fc.integer(), fc.bigInt(2n ** 60n, 2n ** 63n - 1n)), { nil: undefined }),
  id: fc.oneof(fc.nat(), fc.string({ unit: 'grapheme', minLength: 1 })),
  others: fc.oneof(fc.constant({}), attributes),
})
const anySet = fc.record({
  all: fc.array(record, { minLength: 1, maxLength: 20 }),
  shards: fc.integer({ min: 1, max: 4 }),
  compression: fc.constantFrom(undefined, 'gzip' as const),
  seed: fc.option(fc.nat(), { nil: undefined }),
})

function write(folder: string, files: number, seed: number): File[] {
  return fc.sample(anySet, { numRuns: files, seed }).map(({ all, shards, compression, seed }, number) => {
    const file = String(number).padStart(4, '0')
    const maps = all.map(({ image, label, id, others }) => ({
      id,
      ...(label !== undefined && { label }),
      image,
      ...others,
    }))
    const manifest = writeWebDataset(maps, { folder: join(folder, file), shards, compression, seed })
    const described = all.map(describe)
    return {
      file,
      files: manifest.shards.map(({ name }) => join(file, name)),
      shuffled: seed !== undefined,
      // Record i goes to shard i modulo their number.
      records: Array.from({ length: shards }, (_, shard) => described.filter((_, i) => i % shards === shard)).flat(),
    }
  })
}

function describe(
  { image, label, id, others }: typeof record extends fc.Arbitrary<infer T> ? T : never,
  number: number,
): Described {
  const json = { ...(typeof id === 'string' && { id }), ...others }
  return {
    key: String(number).padStart(9, '0'),
    files: {
      [image[0] === 0xff ? 'jpg' : 'png']: sha256(image),
      ...(label !== undefined && { cls: sha256(Buffer.from(String(label))) }),
      ...(Object.keys(json).length > 0 && { json }),
    },
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
