import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { RecordIOWriter } from '../write/write-recordio.js'

export interface Options {
  force?: boolean
  unframed?: boolean
}

/** Writes the records of standard input as a RecordIO file with its index. */
export function writeStream(file: string, { force, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const { source, count } = reader.begin
  const writer = new RecordIOWriter(file, { force, source })
  const bar = progressBar({ unit: 'records', total: count })
  for (const record of reader) {
    writer.write(record)
    bar.advance(1, (record.image ?? record.payload)?.length)
  }
  writer.commit()
  bar.done()
  if (writer.keptProperty !== undefined) {
    say(`${writer.keptProperty}: is another dataset's, left as it is; --force replaces it`)
  }
}
