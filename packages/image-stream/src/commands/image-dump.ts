import { InvalidArgumentError, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import type { DataError } from '@tiny-face/safe-files'
import { DECODER_THREADS, parseDecoderThreads } from '../decoder-threads.js'
import { readImageFolder } from '../folder/read-image-folder.js'
import { imageRecords } from '../image-records.js'
import { pairImageRecords } from '../pairs/pair-image-records.js'
import { readPairsList } from '../pairs/read-pairs-list.js'

/** Largest square that is asked for, in pixels a side. */
const MAX_SIZE = 4096

await runCommand<{ size?: number; pairs?: string; skipDamaged?: true; threads: number }>({
  name: 'image-dump',
  summary: 'Reads a folder of images, a folder per person in it, as labelled records.',
  example:
    'image-dump faces --size 112 | recordio-write faces.rec\nimage-dump --pairs pairs.txt lfw | bin-write lfw.bin',
  configure: program =>
    program
      .argument('<dir>', 'holds a folder per person; JPEG, PNG and PGM are read')
      .option('--size <n>', 'fill n x n pixels (what sticks out is cut off evenly) and encode as PNG', parseSize)
      .option('--pairs <file>', "the pairs of LFW's list instead, each image with its place in them")
      .option('--skip-damaged', 'leave out and list images that do not decode (with --pairs, whole pairs)')
      .option('--threads <n>', 'images read and decoded at a time', parseDecoderThreads, DECODER_THREADS),
  async run([dir], { size, pairs, skipDamaged, threads }) {
    let damaged = 0
    const onDamage = (error: DataError) => {
      damaged++
      say(`left out ${error.message}`)
    }
    const options = { size, threads, skipDamaged: skipDamaged && onDamage }
    const { people, count, records } = pairs === undefined ? folderOf(dir!, options) : pairsOf(pairs, dir!, options)
    const known = skipDamaged ? {} : { count }
    const writer = stdoutRecords({ ...known, classes: people.length, names: people, source: dir! })
    const bar = progressBar({ unit: 'images', total: count })
    for await (const record of records) {
      writer.write(record)
      bar.advance(1, record.image.length)
    }
    writer.end()
    if (damaged > 0) say(`left out ${damaged} of ${count} images that do not decode`)
    bar.done()
  },
})

type Options = Parameters<typeof imageRecords>[2]

function folderOf(dir: string, options: Options) {
  const { people, images, ignored } = readImageFolder(dir)
  if (ignored.length > 0) say(`${dir}: ${ignoredNote(ignored)}`)
  return { people, count: images.length, records: imageRecords(dir, images, options) }
}

function pairsOf(pairs: string, dir: string, options: Options) {
  const { people, images } = readPairsList(pairs, dir)
  return { people, count: images.length, records: pairImageRecords(dir, images, options) }
}

function ignoredNote([first, ...others]: string[]): string {
  return `ignored ${first}${others.length > 0 ? ` and ${others.length} more` : ''} (no image of a person's)`
}

function parseSize(text: string): number {
  const size = parseWhole('--size', 1)(text)
  if (size > MAX_SIZE) throw new InvalidArgumentError(`--size is at most ${MAX_SIZE}.`)
  return size
}
