import { crc32c } from '@node-rs/crc32'
import { DataError } from '@tiny-face/safe-files'
import { type DataMap } from '@tiny-face/record-stream'
import { SHUFFLE_MEMORY, Shuffler } from '@tiny-face/global-shuffle'
import { RecordEncoder } from './encode-record.js'
import { SEED_KEYS } from './example-record.js'
import { ShardFile } from './shard-file.js'
import { Tally } from './tally.js'
import { FOOTER_BYTES, HEADER_BYTES } from './tfrecord.js'
import type { Journal, UnfinishedWrite } from './unfinished-write.js'
import type { WriteShardsOptions } from './write-options.js'
import { TFRecordWriter } from './write-tfrecord.js'
import { WriteThread } from './write-thread.js'

const BUFFER = 2 ** 18

/**
 * Takes all records, then writes one shard after another. The journal learns of every `memory` bytes that are scattered on
 * disk, of the input's end, and of every finished shard.
 */
export function writeShuffled(
  records: Iterable<DataMap>,
  names: readonly string[],
  unfinished: UnfinishedWrite,
  options: WriteShardsOptions & { seed: number },
): void {
  const { seed, memory, tmp, compression, onRecord, onShard } = options
  const { kept, input } = unfinished.journal
  const thread = new WriteThread()
  const shuffler = new Shuffler({ seed, memory, folder: tmp ?? unfinished.partial, keepIn: unfinished.scatter, kept })
  try {
    const isTaken = kept !== undefined && input?.ended === true
    const { count } = isTaken ? input : takeInput(records, shuffler, unfinished, options)
    const rankOf = (shard: number) => Math.floor((shard * count) / names.length)
    const finished = unfinished.journal.shards.length
    const frames = shuffler.shuffled(rankOf(finished))
    for (const [index, name] of names.entries()) {
      if (index < finished) continue
      const file = new ShardFile(unfinished.partial, name, thread, { compression, capacity: BUFFER })
      try {
        for (let rank = rankOf(index); rank < rankOf(index + 1); rank++) {
          const frame = frames.next().value!
          file.writer.writeFrame(frame)
          if (isTaken) onRecord?.(frame.byteLength - HEADER_BYTES - FOOTER_BYTES)
        }
        unfinished.record({ shards: [...unfinished.journal.shards, file.finish()] })
      } catch (error) {
        thread.close()
        throw error
      } finally {
        file.close()
      }
      shuffler.drop(rankOf(index + 1))
      onShard?.(index + 1)
    }
  } finally {
    thread.close()
    shuffler.close()
  }
}

/** Gives all records to the shuffler, which passes over those that it kept; checks that they are the ones it was given before. */
function takeInput(
  records: Iterable<DataMap>,
  shuffler: Shuffler,
  unfinished: UnfinishedWrite,
  { begin = {}, keys = SEED_KEYS, memory = SHUFFLE_MEMORY, onRecord }: WriteShardsOptions,
): { count: number } {
  const before = unfinished.journal.input
  const kept = unfinished.journal.kept?.count ?? 0
  const tally = new Tally(begin, keys)
  const encoder = new RecordEncoder(keys, begin.source)
  // Of the CRCs that end the frames: tells one input from another.
  let checksum = 0
  let unsaved = 0
  const frames = new TFRecordWriter(frame => {
    checksum = crc32c(frame.subarray(-FOOTER_BYTES), checksum)
    unsaved = shuffler.add(frame) ? unsaved + frame.byteLength : 0
  })
  const inputSoFar = (ended: boolean) => ({ ...tally.totals, checksum, ended })
  const save = (ended: boolean) => unfinished.record({ kept: shuffler.save(), input: inputSoFar(ended) })
  for (const record of records) {
    const bytes = encoder.write(record, frames)
    frames.flush()
    tally.add(record)
    onRecord?.(bytes)
    if (tally.count === before?.count) checkInput(unfinished, before, checksum)
    if (unsaved >= memory && shuffler.isOnDisk && !before?.ended) {
      save(false)
      unsaved = 0
    }
  }
  if (before !== undefined && (before.ended ? tally.count !== before.count : tally.count < kept)) {
    const expected = `${before.ended ? before.count : `at least ${kept}`} records, as in the run to resume`
    throw new DataError({ file: begin.source, expected, found: `${tally.count}; without --resume all is written anew` })
  }
  save(true)
  return tally
}

function checkInput({ partial: file }: UnfinishedWrite, before: NonNullable<Journal['input']>, checksum: number): void {
  if (before.checksum === checksum) return
  throw new DataError({
    file,
    expected: `the ${before.count} records of the run to resume`,
    found: 'others; without --resume all is written anew',
  })
}
