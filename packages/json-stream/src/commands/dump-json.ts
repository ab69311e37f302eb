import { isatty } from 'node:tty'
import { expandPaths, progressBar } from '@tiny-face/command-shell'
import { type RecordWriter, stdoutRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { jsonRecords } from '../json-records.js'

export interface Options {
  images?: string
}

/** Writes the objects of JSON files to standard output as records. */
export function dumpJson(paths: readonly string[], { images }: Options): void {
  const files = paths.length === 0 ? ['-'] : expandPaths(paths, ['.json', '.jsonl', '.ndjson'])
  if (files.includes('-') && isatty(0)) throw new UsageError('reads JSON from standard input, which is a terminal')
  const bar = progressBar({ unit: 'records' })
  let writer: RecordWriter | undefined
  for (const { begin, record } of jsonRecords(files, { images })) {
    if (begin !== undefined) {
      writer?.end()
      writer = stdoutRecords(begin)
    } else {
      writer?.write(record)
      bar.advance(1, (record.image ?? record.payload)?.length)
    }
  }
  writer?.end()
  bar.done()
}
