import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, readChunk } from '@tiny-face/safe-files'
import { manifestPath, refuseParts, type Shard } from '@tiny-face/shard-writer'
import { recordFace } from '../example/dump-record.js'
import { DEFAULT_KEYS } from '../example/example-keys.js'
import { TFRecordDecoder } from '../framing/decode-tfrecord.js'
import type { TFRecord } from '../framing/tfrecord.js'
import { type Manifest, parseManifest } from './manifest.js'

const CHUNK = 1 << 18
/** A shard as `tfrecord-write` names it. */
const SHARD_NAME = /^train-\d{5}-of-\d{5}\.tfrecord(\.gz|\.zlib)?$/

export interface VerifyOptions {
  /** Called for every record, with its bytes. */
  onRecord?: ((bytes: number) => void) | undefined
}

/**
 * Reads a folder of shards again, every byte, against its manifest: sizes, SHA-256, the CRCs of every record, the numbers of
 * records and images, labels below `classes`; and that no other shards lie there.
 *
 * @returns what is wrong, one error for each; nothing where the set is as it was written
 */
export function* verifyShards(folder: string, options: VerifyOptions = {}): Generator<DataError, void, undefined> {
  const manifest = yield* problems(() => parseManifest(folder))
  if (manifest === undefined) return
  let images: number | undefined = 0
  for (const shard of manifest.shards) {
    const found = yield* verifyShard(folder, shard, manifest, options)
    images = images === undefined || found === undefined ? undefined : images + found
  }
  const file = manifestPath(folder)
  const count = manifest.shards.reduce((sum, shard) => sum + shard.count, 0)
  if (count !== manifest.count) {
    yield new DataError({ file, expected: `${count} as count, the sum of the shards'`, found: `${manifest.count}` })
  }
  if (images !== undefined && images !== manifest.images) {
    yield new DataError({ file: folder, expected: `${manifest.images} images`, found: `${images}` })
  }
  const named = new Set(manifest.shards.map(({ name }) => name))
  for (const name of readdirSync(folder).sort()) {
    if (!SHARD_NAME.test(name) || named.has(name)) continue
    yield new DataError({ file: join(folder, name), message: 'is a shard that the manifest does not name' })
  }

  function* problems(read: () => Manifest | undefined): Generator<DataError, Manifest | undefined, undefined> {
    try {
      const found = read()
      if (found === undefined) {
        refuseParts(folder, 'tfrecord')
        yield new DataError({ file: folder, expected: 'a manifest.json', found: 'none' })
      }
      return found
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      yield error
      return undefined
    }
  }
}

/** @returns the number of images, where all records can be read */
function* verifyShard(
  folder: string,
  shard: Shard,
  { classes, keys = DEFAULT_KEYS }: Manifest,
  { onRecord }: VerifyOptions,
): Generator<DataError, number | undefined, undefined> {
  const file = join(folder, shard.name)
  if (!existsSync(file)) {
    yield new DataError({ file, expected: 'the shard that the manifest names', found: 'no such file' })
    return undefined
  }
  const { size } = statSync(file)
  if (size !== shard.bytes) yield new DataError({ file, expected: `${shard.bytes} bytes`, found: `${size}` })
  let count = 0
  let images = 0
  let strayed: DataError | undefined
  const { damage, sha256 } = readWhole(file, ({ offset, data }) => {
    const face = recordFace(data, keys)
    if (face !== undefined) images++
    if (classes !== undefined && typeof face?.label === 'number' && face.label >= classes) {
      const expected = `a label below the manifest's ${classes} classes`
      strayed ??= new DataError({ file, offset, record: count, expected, found: `${face.label}` })
    }
    count++
    onRecord?.(data.byteLength)
  })
  if (damage !== undefined) yield damage
  else if (count !== shard.count) {
    yield new DataError({ file, expected: `${shard.count} records`, found: `${count}` })
  }
  if (strayed !== undefined) yield strayed
  if (size === shard.bytes && sha256 !== shard.sha256) {
    yield new DataError({ file, expected: `SHA-256 ${shard.sha256}`, found: sha256 })
  }
  return damage === undefined ? images : undefined
}

/** Reads a file once: hands out the records up to the first damage, and hashes all. */
function readWhole(file: string, take: (record: TFRecord) => void): { damage: DataError | undefined; sha256: string } {
  const fd = openSync(file, 'r')
  const hash = createHash('sha256')
  const decoder = new TFRecordDecoder(file)
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  let damage: DataError | undefined
  const decode = (records: Iterable<TFRecord>) => {
    if (damage !== undefined) return
    try {
      for (const record of records) take(record)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      damage = error
    }
  }
  try {
    for (let size = readChunk(fd, chunk); size > 0; size = readChunk(fd, chunk)) {
      const bytes = chunk.subarray(0, size)
      hash.update(bytes)
      decode(decoder.push(bytes))
    }
    decode(decoder.finish())
    return { damage, sha256: hash.digest('hex') }
  } finally {
    decoder.close()
    closeSync(fd)
  }
}
