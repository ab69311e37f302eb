import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyRecord, type DataMap, RecordReader, RecordWriter } from '@tiny-face/record-stream'

/** What is left of records on the other side of a pipe; of a file here. */
export function throughStream(records: Iterable<DataMap>, folder: string): DataMap[] {
  const path = join(folder, 'stream')
  const out = openSync(path, 'w')
  const writer = new RecordWriter(out)
  for (const record of records) writer.write(record)
  writer.end()
  closeSync(out)
  const fd = openSync(path, 'r')
  try {
    return Array.from(new RecordReader(fd), copyRecord)
  } finally {
    closeSync(fd)
    rmSync(path)
  }
}
