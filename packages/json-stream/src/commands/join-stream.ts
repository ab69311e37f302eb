import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { joinAttributes, storeAttributes } from '../join-attributes.js'

export interface Options {
  by: string
  under?: string
  tmp?: string
  unframed?: true
}

/** Writes the records of standard input, with the attributes that a file has for them, to standard output. */
export function joinStream(file: string, { by, under, tmp, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const store = storeAttributes(file, { by, folder: tmp })
  const { begin: _, ...begin } = reader.begin
  const writer = stdoutRecords(begin)
  const bar = progressBar({ unit: 'records', total: begin.count })
  let matches = 0
  for (const { record, matched } of joinAttributes(reader, store, { by, under, source: begin.source })) {
    writer.write(record)
    if (matched) matches++
    bar.advance(1, (record.image ?? record.payload)?.length)
  }
  writer.end()
  store.close()
  say(`${matches} of ${writer.count} records have attributes in ${file}, which has ${store.count}`)
  bar.done()
}
