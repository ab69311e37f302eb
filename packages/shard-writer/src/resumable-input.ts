/** How the records of a shuffle come in so that a killed run goes on where it was, if they are the same once more. */
import { crc32c } from '@node-rs/crc32'
import { SHUFFLE_MEMORY, type Shuffler } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { OutputBuffer } from './output/output-buffer.js'
import { RecordIntake } from './record-intake.js'
import { firstNumber } from './set-parts.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
import type { JournalEntries, WriteJournal } from './write-journal.js'

const BUFFER = 2 ** 18

/**
 * Gives all records, as they will lie in a shard, to the shuffler, which passes over those that it kept; checks that they are
 * the ones it was given before.
 */
export function takeInput(
  records: Iterable<DataMap>,
  shuffler: Shuffler,
  journal: WriteJournal,
  format: ShardFormat,
  { begin = {}, part, memory = SHUFFLE_MEMORY, onRecord }: WriteShardsOptions,
): { count: number } {
  const before = journal.entries.input
  const kept = journal.entries.kept?.count ?? 0
  const intake = new RecordIntake(format, begin, part === undefined ? 0 : firstNumber(part, begin))
  // Of all bytes: tells one input from another.
  let checksum = 0
  let unsaved = 0
  let pieces = 0
  const entry = new OutputBuffer(bytes => {
    pieces++
    checksum = crc32c(bytes, checksum)
    unsaved = shuffler.add(bytes) ? unsaved + bytes.byteLength : 0
  }, BUFFER)
  const inputSoFar = (ended: boolean) => ({ ...intake.totals, checksum, ended })
  const save = (ended: boolean) => journal.record({ kept: shuffler.save(), input: inputSoFar(ended) })
  for (const record of records) {
    const bytes = intake.put(record, entry)
    entry.flush()
    if (pieces !== intake.count) throw new Error(`internal: record ${intake.count - 1} was not written in one piece`)
    onRecord?.(bytes)
    if (intake.count === before?.count) checkInput(journal, before, checksum)
    if (unsaved >= memory && shuffler.isOnDisk && !before?.ended) {
      save(false)
      unsaved = 0
    }
  }
  if (before !== undefined && (before.ended ? intake.count !== before.count : intake.count < kept)) {
    const expected = `${before.ended ? before.count : `at least ${kept}`} records, as in the run to resume`
    throw new DataError({
      file: begin.source,
      expected,
      found: `${intake.count}; without --resume all is written anew`,
    })
  }
  // Of few records a part may have none; what it has is all for others to read.
  if (part === undefined) intake.checkNotEmpty()
  else shuffler.spill()
  save(true)
  return intake
}

function checkInput(
  { partial: file }: WriteJournal,
  before: NonNullable<JournalEntries['input']>,
  checksum: number,
): void {
  if (before.checksum === checksum) return
  throw new DataError({
    file,
    expected: `the ${before.count} records of the run to resume`,
    found: 'others; without --resume all is written anew',
  })
}
