import {
  DECODER_THREADS,
  InvalidArgumentError,
  PART_OPTION,
  parseDecoderThreads,
  parseWhole,
  runCommand,
} from '@tiny-face/command-shell'
import type { Options } from './dump-images.js'

/** Largest square that is asked for, in pixels a side. */
const MAX_SIZE = 4096

await runCommand<Options>({
  name: 'image-dump',
  summary: 'Reads a folder of images, a folder per person in it, as labelled records.',
  example:
    'image-dump faces --size 112 | recordio-write faces.rec\nimage-dump --pairs pairs.txt lfw | bin-write lfw.bin\nimage-dump --flat photos | face-align | arcface-embed --model runs/r50 --flip | face-identify search people.gallery --threshold threshold.json',
  configure: program =>
    program
      .argument(
        '<dir>',
        'holds a folder per person with JPEG, PNG and PGM files; or a zip archive of such a folder, or of .rec files (one of several: faces.zip/train.rec)',
      )
      .option(
        '--size <n>',
        'fill n x n pixels with the whole image (what sticks out is cut off evenly), as PNG; takes WebP, GIF, TIFF and AVIF, too. It looks for no face: face-align does',
        parseSize,
      )
      .option('--pairs <file>', 'the pairs of a list instead, each image with its place in them')
      .option('--list <file>', "the images of a list instead: im2rec's .lst, or path and label")
      .option(
        '--flat',
        'photos in the folder and all folders below it, of nobody in particular: no labels, and not decoded',
      )
      .option(
        '--undecoded',
        'pass images on as they are, for face-align, which decodes them; takes WebP, GIF, TIFF and AVIF, too',
      )
      .option('--skip-damaged', 'leave out and list what cannot be read (with --pairs, whole pairs)')
      .option(...PART_OPTION)
      .option('--threads <n>', 'images read and decoded at a time', parseDecoderThreads, DECODER_THREADS),
  run: async ([dir], options) => (await import('./dump-images.js')).dumpImages(dir!, options),
})

function parseSize(text: string): number {
  const size = parseWhole('--size', 1)(text)
  if (size > MAX_SIZE) throw new InvalidArgumentError(`--size is at most ${MAX_SIZE}.`)
  return size
}
