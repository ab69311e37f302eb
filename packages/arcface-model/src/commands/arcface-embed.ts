import { InvalidArgumentError, parseWhole, runCommand } from '@tiny-face/command-shell'
import { ENGINE_CHOICES } from '@tiny-face/tfjs-compiler/engine-names'
import { DEFAULT_BATCH_SIZE } from '../face-model.js'
import { FORMER_PREPROCESS_NAMES, PREPROCESS_NAMES, type PreprocessName } from '../typed-names.js'
import type { Options } from './embed-stream.js'

await runCommand<Options>({
  name: 'arcface-embed',
  summary: 'Adds to each record the embedding of its image.',
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify',
  configure: program =>
    program
      .requiredOption('--model <file|run>', "the network: an ONNX file, or a training run's folder")
      .option(
        '--preprocess <name>',
        `how its input is normalised, where the model does not say so itself: ${PREPROCESS_NAMES.join(', ')}`,
        parsePreprocessName,
      )
      .option('--flip', 'embed the mirror image as well')
      .option('--batch-size <n>', 'images in one run of the network', parseWhole('--batch-size', 1), DEFAULT_BATCH_SIZE)
      .addOption(
        program
          .createOption(
            '--engine <name>',
            "what computes a run's network; auto takes onednn where it is installed, else onnx",
          )
          .choices(ENGINE_CHOICES)
          .default('auto'),
      )
      .option('--threads <n>', 'threads that the network runs on', parseWhole('--threads', 1))
      .option('--unframed', 'take bare records, with no begin and no end'),
  run: async (_, options) => (await import('./embed-stream.js')).embedStream(options),
})

/** One of the present names, or of those of earlier versions. */
function parsePreprocessName(text: string): PreprocessName {
  if (!PREPROCESS_NAMES.includes(text as PreprocessName) && !Object.hasOwn(FORMER_PREPROCESS_NAMES, text))
    throw new InvalidArgumentError(`It is one of ${PREPROCESS_NAMES.join(', ')}.`)
  return text as PreprocessName
}
