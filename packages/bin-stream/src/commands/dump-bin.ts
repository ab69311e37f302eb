import { type Part, partBounds, progressBar } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { binRecords } from '../bin-records.js'
import { openBin } from '../open-bin.js'

export interface Options {
  part?: Part
}

/** Writes the images of a verification set to standard output; of a part of it, whole pairs. */
export function dumpBin(file: string, { part }: Options): void {
  const { images, same } = openBin(file)
  const pairs = part === undefined ? { from: 0, to: same.length } : partBounds(same.length, part)
  const [first, end] = [2 * pairs.from, 2 * pairs.to]
  const writer = stdoutRecords({ count: end - first, source: file, part: part && { ...part, first } })
  const bar = progressBar({ unit: 'images', total: end - first })
  for (const record of binRecords({ images: images.between(first, end), same }, first)) {
    writer.write(record)
    bar.advance(1, record.image.length)
  }
  writer.end()
  bar.done()
}
