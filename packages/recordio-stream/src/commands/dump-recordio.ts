import { expandPaths, progressBar, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { type ReadOptions, type RecordIOReader, readRecordIO } from '../read/read-recordio.js'

/** Writes the records of RecordIO files to standard output. */
export function dumpRecordIO(paths: readonly string[], options: ReadOptions): void {
  const reader = readRecordIO(expandPaths(paths, ['.rec']), options)
  for (const conflict of reader.conflicts) say(conflict)
  const writer = stdoutRecords(reader.begin)
  let count = 0
  const bar = progressBar({ unit: 'records', total: reader.begin.count })
  for (const record of reader) {
    writer.write(record)
    count++
    bar.advance(1, (record.image ?? record.payload)?.length)
  }
  if (count === 0 && options.part === undefined && options.limit !== 0) refuseEmpty(reader, options.all)
  writer.end()
  bar.done()
  sayWhatIsMissing(reader)
}

/** A part of a small dataset may hold no record, a dataset may not. */
function refuseEmpty(reader: RecordIOReader, all = false): never {
  const { begin, leftOut, leftOutFormats } = reader
  for (const { file, from, to, reason } of reader.damage) say(`${file}: left out bytes ${from} to ${to - 1}: ${reason}`)
  const among = leftOut === 0 ? '' : ` among ${records(leftOut)}${leftOutFormats && ` (${leftOutFormats})`}`
  const expected = all ? 'at least one record' : 'at least one JPEG or PNG with a label'
  throw new DataError({ file: begin.source, expected, found: `none${among}` })
}

function sayWhatIsMissing(reader: RecordIOReader): void {
  const { leftOut, leftOutFormats, damage, unlisted } = reader
  const { source } = reader.begin
  const formats = leftOutFormats && ` (${leftOutFormats})`
  const which = `${records(leftOut)} that ${leftOut === 1 ? 'is' : 'are'} no JPEG or PNG with a label${formats}`
  if (leftOut > 0) say(`${source}: left out ${which}; --all keeps all`)
  for (const { file, from, to, reason } of damage) say(`${file}: left out bytes ${from} to ${to - 1}: ${reason}`)
  const bytes = damage.reduce((sum, { from, to }) => sum + to - from, 0)
  const places = damage.length === 1 ? '1 place' : `${damage.length} places`
  if (damage.length > 0) say(`${source}: left out ${bytes} damaged bytes in ${places}`)
  if (unlisted > 0) say(`${source}: left out ${unlisted} bytes of records that the index does not list`)
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
