import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AtomicFile, type BeginFields, DataError, type DataMap } from '@tiny-face/record-stream'
import { shuffleRecords } from '@tiny-face/record-tools'
import { decodeExample } from './decode-example.js'
import { exampleBytes, exampleFields } from './example-record.js'
import {
  MANIFEST_VERSION,
  MAX_SHARDS,
  type Manifest,
  manifestPath,
  readManifest,
  type Shard,
  shardName,
} from './manifest.js'
import { TFRecordWriter } from './write-tfrecord.js'

/** The bytes buffered for all shards together. */
const BUFFERED = 2 ** 26
const MAX_BUFFER = 2 ** 20

export interface WriteShardsOptions {
  /** Where the shards go; made where it is not there. */
  folder: string
  /** How many; 1 by default, at most `MAX_SHARDS`. */
  shards?: number | undefined
  /** Shuffle all records by this seed, 0 … 2^32 - 1; without it they stay in order. */
  seed?: number | undefined
  /** Replace the shards that the folder holds. */
  force?: boolean | undefined
  /** What the records' stream says of itself; goes into the manifest. */
  begin?: BeginFields | undefined
  /** Bytes that a shuffle holds in memory. */
  memory?: number
  onRecord?: () => void
}

/**
 * Writes records as a folder of TFRecord shards with a manifest. Record i (after the shuffle) goes to shard i modulo the
 * number of shards, so that shards differ by one record at most and each holds a share of every person.
 *
 * Everything is written under temporary names; when the records have come to their end the shards are given their names,
 * and the manifest, last, makes the folder whole.
 *
 * @throws DataError where the folder holds a manifest or a shard already and `force` was not asked for, or a record cannot
 *   be an Example
 */
export function writeShards(records: Iterable<DataMap>, options: WriteShardsOptions): Manifest {
  const { folder, shards: shardCount = 1, seed, force = false, begin = {}, memory } = options
  if (!(shardCount >= 1 && shardCount <= MAX_SHARDS))
    throw new RangeError(`${shardCount} shards: 1 to ${MAX_SHARDS} can be written`)
  if (existsSync(manifestPath(folder)) && !force) {
    throw new DataError({
      file: folder,
      message: 'holds a manifest.json already; --force replaces the shards it names',
    })
  }
  mkdirSync(folder, { recursive: true })
  const capacity = Math.min(MAX_BUFFER, Math.floor(BUFFERED / shardCount))
  const shards: ShardFile[] = []
  try {
    for (let index = 0; index < shardCount; index++) {
      shards.push(new ShardFile(join(folder, shardName(index, shardCount)), { force, capacity }))
    }
    const tally = new Tally(begin)
    const rows = serialised(records, tally, options)
    let index = 0
    for (const { payload } of seed === undefined ? rows : shuffleRecords(rows, { seed, folder, memory })) {
      shards[index++ % shardCount]!.write(payload as Uint8Array)
    }
    return commit(folder, shards, summary => ({
      version: MANIFEST_VERSION,
      format: 'tfrecord',
      count: tally.count,
      images: tally.images,
      classes: tally.classes,
      names: begin.names,
      source: begin.source,
      seed,
      shards: summary,
    }))
  } catch (error) {
    for (const shard of shards) shard.abort()
    throw error
  }
}

function* serialised(
  records: Iterable<DataMap>,
  tally: Tally,
  { begin, onRecord }: WriteShardsOptions,
): Generator<DataMap> {
  for (const record of records) {
    try {
      const payload = exampleBytes(record)
      tally.add(record)
      yield { payload }
    } catch (error) {
      if (!(error instanceof DataError) || error.record !== undefined) throw error
      throw new DataError({ ...error.fault, file: begin?.source, record: tally.count, id: record.id })
    }
    onRecord?.()
  }
}

/** The old set loses its manifest first and the new one gets its own last: a folder that has one is whole. */
function commit(folder: string, shards: ShardFile[], manifestOf: (shards: Shard[]) => Manifest): Manifest {
  const manifest = manifestOf(shards.map(shard => shard.finish()))
  const file = new AtomicFile(manifestPath(folder), { force: true })
  file.write(Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
  const old = oldShards(folder)
  rmSync(manifestPath(folder), { force: true })
  for (const name of old) rmSync(join(folder, name), { force: true })
  for (const shard of shards) shard.commit()
  file.commit()
  return manifest
}

function oldShards(folder: string): string[] {
  try {
    return readManifest(folder)?.shards.map(({ name }) => name) ?? []
  } catch (error) {
    // A manifest of something else, or of shards that are gone: --force replaces it, and there is nothing to clear away.
    if (error instanceof DataError) return []
    throw error
  }
}

class ShardFile {
  readonly #file: AtomicFile
  readonly #writer: TFRecordWriter
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(path: string, { force, capacity }: { force: boolean; capacity: number }) {
    this.#file = new AtomicFile(path, { force })
    this.#writer = new TFRecordWriter(bytes => {
      this.#hash.update(bytes)
      this.#bytes += bytes.byteLength
      this.#file.write(bytes)
    }, capacity)
  }

  write(data: Uint8Array): void {
    this.#writer.write(data)
  }

  finish(): Shard {
    this.#writer.flush()
    const { count } = this.#writer
    return { name: basename(this.#file.path), count, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  commit(): void {
    this.#file.commit()
  }

  abort(): void {
    this.#file.abort()
  }
}

/** What the manifest says of all records. */
class Tally {
  count = 0
  images = 0
  /** The larger of what the stream announced and what its labels need. */
  classes: number | undefined

  constructor({ classes }: BeginFields) {
    this.classes = classes
  }

  add(record: DataMap): void {
    this.count++
    const held = record.example === undefined ? {} : exampleFields(decodeExample(record.example))
    const { image, label } = { ...held, ...record }
    if (image === undefined || image.byteLength === 0) return
    this.images++
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0) {
      this.classes = Math.max(this.classes ?? 0, label + 1)
    }
  }
}
