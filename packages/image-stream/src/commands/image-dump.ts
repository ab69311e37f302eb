import { InvalidArgumentError, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { type DataMap, stdoutRecords } from '@tiny-face/record-stream'
import { DataError, UsageError } from '@tiny-face/safe-files'
import { DECODER_THREADS, parseDecoderThreads } from '../decoder-threads.js'
import { listPeople } from '../folder/list-people.js'
import type { ListingProblem } from '../image-listing.js'
import { readImageList } from '../list/read-image-list.js'
import { pairImageRecords } from '../pairs/pair-image-records.js'
import { readPairsList } from '../pairs/read-pairs-list.js'
import { imageRecords } from '../source/image-records.js'
import { openImageSource } from '../source/image-source.js'
import { zippedRecordIO } from '../source/zipped-recordio.js'

/** Largest square that is asked for, in pixels a side. */
const MAX_SIZE = 4096
/** Most problems that are listed one by one. */
const MAX_LISTED = 50

interface Options {
  size?: number
  pairs?: string
  list?: string
  skipDamaged?: true
  threads: number
}

await runCommand<Options>({
  name: 'image-dump',
  summary: 'Reads a folder of images, a folder per person in it, as labelled records.',
  example:
    'image-dump faces --size 112 | recordio-write faces.rec\nimage-dump --pairs pairs.txt lfw | bin-write lfw.bin',
  configure: program =>
    program
      .argument(
        '<dir>',
        'holds a folder per person; a zip archive is read as if it were a folder; JPEG, PNG and PGM are read',
      )
      .option(
        '--size <n>',
        'fill n x n pixels (what sticks out is cut off evenly) and encode as PNG; reads WebP, GIF, TIFF and AVIF, too',
        parseSize,
      )
      .option('--pairs <file>', 'the pairs of a list instead, each image with its place in them')
      .option('--list <file>', "the images of a list instead: im2rec's .lst, or path and label")
      .option('--skip-damaged', 'leave out and list what cannot be read (with --pairs, whole pairs)')
      .option('--threads <n>', 'images read and decoded at a time', parseDecoderThreads, DECODER_THREADS),
  async run([dir], { size, pairs, list, skipDamaged, threads }) {
    if (pairs !== undefined && list !== undefined) throw new UsageError('--pairs and --list are two lists: give one')
    const source = await openImageSource(dir!)
    const zipped = zippedRecordIO(source)
    if (zipped !== undefined) {
      if (size ?? pairs ?? list ?? skipDamaged)
        throw new UsageError(`${dir} holds a .rec file, which no option goes with`)
      await dumpZipped(dir!, zipped)
      source.close()
      return
    }
    const leaveOut = (error: DataError) => say(`left out ${error.message}`)
    const options = { size, threads, skipDamaged: skipDamaged && leaveOut }
    const read = () => {
      if (pairs !== undefined) {
        const listing = readPairsList(pairs, source)
        return { listing, records: pairImageRecords(source, listing.images, options) }
      }
      const listing =
        list === undefined ? listPeople(source, { resized: size !== undefined }) : readImageList(list, source)
      return { listing, records: imageRecords(source, listing.images, options) }
    }
    const { listing, records } = read()
    const { people, images, problems, remarks } = listing
    for (const remark of remarks) say(remark)
    if (!skipDamaged) refuse(dir!, problems)
    for (const { error } of problems) leaveOut(error)
    const total = images.length + problems.reduce((sum, { images }) => sum + images, 0)
    const count = skipDamaged ? undefined : images.length
    const writer = stdoutRecords({ count, classes: people?.length, names: people, source: dir! })
    const bar = progressBar({ unit: 'images', total: images.length })
    let written = 0
    for await (const record of records) {
      writer.write(record)
      bar.advance(1, record.image.length)
      written++
    }
    source.close()
    if (written === 0) throw new DataError({ file: dir, expected: 'images that can be read', found: 'none' })
    writer.end()
    if (skipDamaged && written < total) say(`left out ${total - written} of ${total} images`)
    bar.done()
  },
})

async function dumpZipped(dir: string, records: AsyncIterable<DataMap>): Promise<void> {
  const writer = stdoutRecords({ source: dir })
  const bar = progressBar({ unit: 'images' })
  for await (const record of records) {
    writer.write(record)
    bar.advance(1, record.image?.length)
  }
  writer.end()
  bar.done()
}

/** Lists all that stands in the way, so that nobody has to run the command once for each. */
function refuse(dir: string, problems: ListingProblem[]): void {
  if (problems.length === 0) return
  if (problems.length === 1) throw problems[0]!.error
  for (const { error } of problems.slice(0, MAX_LISTED)) say(error.message)
  const more = problems.length > MAX_LISTED ? ` (${MAX_LISTED} of them are listed)` : ''
  const message = `${problems.length} problems stand in the way${more}; --skip-damaged goes on past each`
  throw new DataError({ file: dir, message })
}

function parseSize(text: string): number {
  const size = parseWhole('--size', 1)(text)
  if (size > MAX_SIZE) throw new InvalidArgumentError(`--size is at most ${MAX_SIZE}.`)
  return size
}
