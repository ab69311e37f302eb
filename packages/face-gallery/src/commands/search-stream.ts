import { isatty } from 'node:tty'
import { progressBar, say, withoutControls } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { DataError, writeAll } from '@tiny-face/safe-files'
import { readGallery } from '../file/read-gallery.js'
import { type IndexedGallery, openIndex } from '../index/gallery-index.js'
import { cosineThreshold } from '../search/cosine-threshold.js'
import { labelRecords } from '../search/label-records.js'
import { type IdentifiedRecord, searchRecords } from '../search/search-records.js'

export interface Options {
  threshold: string
  top: number
  label?: boolean
  unframed?: boolean
}

/** Writes the records of standard input to standard output with who they are; on a terminal, a line of text for each. */
export async function searchStream(path: string, { threshold, top, label, unframed }: Options): Promise<void> {
  const records = stdinRecords({ unframed })
  const index = await indexOf(path)
  const gallery = index?.gallery ?? readGallery(path)
  const options = { threshold: cosineThreshold(threshold, gallery), top, closest: index?.closest }
  let searched = 0
  async function* found() {
    for await (const record of searchRecords(gallery, records, options)) {
      searched++
      yield record
    }
  }
  const identified = label ? labelRecords(gallery, found()) : found()
  if (isatty(1)) {
    // No bar: the lines are what there is to see.
    for await (const record of identified) writeAll(1, Buffer.from(`${withoutControls(matchLine(record))}\n`))
    return
  }
  const { begin: _, count, ...begin } = records.begin
  const { names } = gallery
  const writer = stdoutRecords(label ? { ...begin, names: [...names], classes: names.length } : { ...begin, count })
  const bar = progressBar({ unit: 'faces', total: count })
  for await (const record of identified) {
    writer.write(record)
    bar.advance(1)
  }
  writer.end()
  bar.done()
  if (label && writer.count < searched)
    say(`left out ${searched - writer.count} of ${searched} faces, which are of nobody in the gallery by the threshold`)
}

/** The index of a gallery, where there is one that can be used. */
async function indexOf(path: string): Promise<IndexedGallery | undefined> {
  try {
    return await openIndex(path)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    say(`all faces are compared: ${error.message}`)
    return undefined
  }
}

/** `photo.jpg  Ada  0.8123`, and where more people were asked for, all of them behind. */
export function matchLine({ id, person, matches }: IdentifiedRecord): string {
  const all = matches.map(({ person, similarity }) => `${person} ${similarity.toFixed(4)}`)
  const first = matches[0] === undefined ? [] : [matches[0].similarity.toFixed(4)]
  return [String(id ?? '?'), person, ...first, ...(all.length > 1 ? [`(${all.join(', ')})`] : [])].join('  ')
}
