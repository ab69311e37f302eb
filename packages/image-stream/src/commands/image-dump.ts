import { InvalidArgumentError, parseWhole, progressBar, runCommand, stdoutRecords } from '@tiny-face/record-stream'
import { imageRecords } from '../image-records.js'
import { readImageFolder } from '../read-image-folder.js'

/** Largest square that is asked for, in pixels a side. */
const MAX_SIZE = 4096

await runCommand<{ size?: number }>({
  name: 'image-dump',
  summary: 'Reads a folder of images, a folder per person in it, as labelled records.',
  example: 'image-dump faces --size 112 | recordio-write faces.rec',
  configure: program =>
    program
      .argument('<dir>', 'holds a folder per person; JPEG, PNG and PGM are read')
      .option('--size <n>', 'fill n x n pixels (what sticks out is cut off evenly) and encode as PNG', parseSize),
  async run([dir], { size }) {
    const { people, images, ignored } = readImageFolder(dir!)
    if (ignored.length > 0) process.stderr.write(`image-dump: ${dir}: ${ignoredNote(ignored)}\n`)
    const writer = stdoutRecords({ count: images.length, classes: people.length, names: people, source: dir! })
    const bar = progressBar({ unit: 'images', total: images.length })
    for await (const record of imageRecords(dir!, images, { size })) {
      writer.write(record)
      bar.advance(1)
    }
    writer.end()
    bar.done()
  },
})

function ignoredNote([first, ...others]: string[]): string {
  return `ignored ${first}${others.length > 0 ? ` and ${others.length} more` : ''} (no image of a person's)`
}

function parseSize(text: string): number {
  const size = parseWhole('--size', 1)(text)
  if (size > MAX_SIZE) throw new InvalidArgumentError(`--size is at most ${MAX_SIZE}.`)
  return size
}
