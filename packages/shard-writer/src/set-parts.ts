/**
 * One set that many tasks write, while it is in parts:
 *
 *     DIR/scatter-00003-of-00016/   of a shuffle: the records of one task in buckets, and scatter.json, written last
 *     DIR/part-00003-of-00016/      some of the set's shards, under their names in it, and a manifest.json of their own, written last
 *
 * `mergeShards` makes of all parts DIR's shards and its manifest.json. The scatters of a shuffle may be more or fewer than its parts.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Part, partText } from '@tiny-face/command-shell'
import type { BucketExtent } from '@tiny-face/global-shuffle'
import type { BeginFields } from '@tiny-face/record-stream'
import { DataError, UsageError } from '@tiny-face/safe-files'
import { type Manifest, manifestPath, parseManifestFile } from './manifest.js'
import type { ShardFormat } from './shard-format.js'

export type PartKind = 'part' | 'scatter'

/** What a part's manifest says beside a set's. */
export interface PartManifest extends Manifest {
  part: Part & {
    /** Of the whole set. */
    shards: number
    /** Of a scatter: the number of its first record. */
    first?: number | undefined
  }
  /** Of a scatter. */
  buckets?: BucketExtent[] | undefined
}

/** So many digits their names have. */
const MAX_PARTS = 99_999
const NAMES = { part: /^part-(\d{5})-of-(\d{5})$/, scatter: /^scatter-(\d{5})-of-(\d{5})$/ }
/** What may differ between the parts of one set. */
const OWN_FIELDS = ['count', 'images', 'classes', 'shards', 'part', 'buckets']
/** Parts that a message lists, and characters of a value. */
const LISTED = 20
const SHOWN = 80

/**
 * The folder of one part, or scatter, of the set in a folder.
 *
 * @throws UsageError where there are too many
 */
export function partFolder(folder: string, kind: PartKind, { index, of }: Part): string {
  if (of > MAX_PARTS) throw new UsageError(`a set has at most ${MAX_PARTS} parts`)
  const five = (number: number) => String(number).padStart(5, '0')
  return join(folder, `${kind}-${five(index)}-of-${five(of)}`)
}

export function isPartName(kind: PartKind, name: string): boolean {
  return NAMES[kind].test(name)
}

/**
 * For readers of a folder without a manifest, which say what is still to be done.
 *
 * @param format as its commands begin: tfrecord or wds
 * @throws DataError where the folder holds parts, or scatters, of a set that nobody has put together
 */
export function refuseParts(folder: string, format: string): void {
  const names = readdirSync(folder)
  const kind = (['part', 'scatter'] as const).find(kind => names.some(name => isPartName(kind, name)))
  if (kind === undefined) return
  const next = kind === 'part' ? `${format}-merge puts` : `${format}-gather and then ${format}-merge put`
  throw new DataError({ file: folder, expected: 'a set of shards', found: `${kind}s of one, which ${next} together` })
}

/** Where a part's manifest lies. */
export function partManifestPath(folder: string, kind: PartKind): string {
  return kind === 'part' ? manifestPath(folder) : join(folder, 'scatter.json')
}

/**
 * The names of a part's shards: as many for each part.
 *
 * @throws UsageError where the parts cannot have as many each
 */
export function partShards({ shardName }: ShardFormat, shards: number, { index, of }: Part): string[] {
  if (shards % of !== 0) throw new UsageError(`${shards} shards cannot be shared evenly among ${of} parts`)
  const each = shards / of
  return Array.from({ length: each }, (_, shard) => shardName(index * each + shard, shards))
}

/** @throws DataError where the stream says that it is another part than the one that is to be written */
export function checkStreamPart(part: Part, { part: streamed, source: file }: BeginFields): void {
  if (streamed === undefined || (streamed.index === part.index && streamed.of === part.of)) return
  throw new DataError({
    file,
    expected: `the part ${partText(part)} of the records, as --part says`,
    found: `the part ${partText(streamed)}`,
  })
}

/** @throws DataError where the stream does not say the number that its first record has in the whole */
export function firstNumber({ index }: Part, { part: streamed, source: file }: BeginFields): number {
  const first = index === 0 ? 0 : streamed?.first
  if (first !== undefined) return first
  const found =
    streamed === undefined
      ? 'a stream that says of no part what it is'
      : 'a stream that does not say it (of a .rec, recordio-index makes the index that tells)'
  throw new DataError({ file, expected: "the number that the part's first record has in the whole", found })
}

/**
 * The manifests of all parts, or scatters, of the set in a folder, in their order.
 *
 * @throws DataError where one is missing or not whole, or they are not parts of one set
 */
export function readParts(folder: string, kind: PartKind, format: string): PartManifest[] {
  // What a killed task has left is as good as missing.
  const whole = readdirSync(folder)
    .filter(name => isPartName(kind, name) && existsSync(partManifestPath(join(folder, name), kind)))
    .sort()
  const [first] = whole
  if (first === undefined) {
    const isScattered = kind === 'part' && readdirSync(folder).some(name => isPartName('scatter', name))
    const found = isScattered ? 'scatters alone, which are to be gathered first' : 'none that is whole'
    throw new DataError({ file: folder, expected: `parts of a set, ${kind}-00000-of-…`, found })
  }
  const { of } = partNamed(kind, first)
  const manifests = new Array<PartManifest | undefined>(of).fill(undefined)
  for (const name of whole) {
    const part = partNamed(kind, name)
    if (part.of !== of) {
      throw new DataError({ file: folder, expected: 'parts of one division', found: `${first} and ${name}` })
    }
    manifests[part.index] = readPart(join(folder, name), kind, format, part)
  }
  checkNoneMissing(folder, kind, manifests)
  checkAlike(folder, kind, manifests)
  return manifests
}

function partNamed(kind: PartKind, name: string): Part {
  const [, index, of] = NAMES[kind].exec(name)!
  return { index: Number(index), of: Number(of) }
}

function readPart(folder: string, kind: PartKind, format: string, { index, of }: Part): PartManifest {
  const file = partManifestPath(folder, kind)
  const manifest = parseManifestFile(file, format)
  const { part } = manifest as Partial<PartManifest>
  if (part?.index === index && part.of === of && Number.isSafeInteger(part.shards)) return manifest as PartManifest
  const found = JSON.stringify(part) ?? 'nothing'
  throw new DataError({
    file,
    expected: `the part ${partText({ index, of })} of a set, as its folder's name says`,
    found,
  })
}

function checkNoneMissing(
  folder: string,
  kind: PartKind,
  manifests: readonly (PartManifest | undefined)[],
): asserts manifests is PartManifest[] {
  const missing = [...manifests.keys()].filter(index => manifests[index] === undefined)
  if (missing.length === 0) return
  const listed = missing.slice(0, LISTED).join(', ')
  const more = missing.length > LISTED ? ` and ${missing.length - LISTED} more` : ''
  const which = `${kind} ${listed}${more} of ${manifests.length}`
  const message = `${which} ${missing.length === 1 ? 'is' : 'are'} missing or not whole; run ${missing.length === 1 ? 'its task' : 'their tasks'} (again)`
  throw new DataError({ file: folder, message })
}

function checkAlike(folder: string, kind: PartKind, manifests: readonly PartManifest[]): void {
  const [first, ...others] = manifests as [PartManifest, ...PartManifest[]]
  const common = (manifest: PartManifest) => ({
    'number of shards': manifest.part.shards,
    ...Object.fromEntries(Object.entries(manifest).filter(([field]) => !OWN_FIELDS.includes(field))),
  })
  const expected: Record<string, unknown> = common(first)
  for (const manifest of others) {
    const found: Record<string, unknown> = common(manifest)
    for (const field of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      if (isDeepStrictEqual(expected[field], found[field])) continue
      throw new DataError({
        file: partManifestPath(partFolder(folder, kind, manifest.part), kind),
        expected: `${field} ${shown(expected[field])}, as ${kind} 0 has`,
        found: shown(found[field]),
      })
    }
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '(none)'
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** What all parts hold together. */
export function sumOf(parts: readonly PartManifest[]): { count: number; images: number; classes: number | undefined } {
  const classes = parts.flatMap(({ classes }) => classes ?? [])
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    images: parts.reduce((sum, { images }) => sum + images, 0),
    classes: classes.length === 0 ? undefined : classes.reduce((a, b) => Math.max(a, b)),
  }
}
