import type { DataMap } from '@tiny-face/record-stream'
import { RecordPacker, unpackRecord } from './pack-record.js'
import { type ShuffleOptions, Shuffler } from './shuffle-bytes.js'

/**
 * Takes all records, then yields them in a shuffled order, in bounded memory; each owns its bytes. The rule is that of
 * `Shuffler`: a pure function of the seed and the number of records.
 */
export function* shuffleRecords(
  records: Iterable<DataMap>,
  options: ShuffleOptions,
): Generator<DataMap, void, undefined> {
  const shuffler = new Shuffler(options)
  const packer = new RecordPacker()
  try {
    for (const record of records) shuffler.add(packer.pack(record))
    for (const bytes of shuffler.shuffled()) yield unpackRecord(bytes)
  } finally {
    shuffler.close()
  }
}
