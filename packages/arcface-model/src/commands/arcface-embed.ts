import { InvalidArgumentError, parseWhole, runCommand } from '@tiny-face/command-shell'
import { ENGINE_CHOICES } from '@tiny-face/tfjs-compiler/engine-names'
import { DEFAULT_BATCH_SIZE } from '../face-model.js'
import { parsePreprocessText } from '../preprocess-text.js'
import { PREPROCESS_MEANINGS } from '../typed-names.js'
import type { Options } from './embed-stream.js'

await runCommand<Options>({
  name: 'arcface-embed',
  summary: 'Adds to each record the embedding of its image.',
  example: `bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify
bin-dump lfw.bin | arcface-embed --model foreign.onnx --sweep`,
  configure: program =>
    program
      .requiredOption('--model <file|run>', "the network: an ONNX file, or a training run's folder")
      .option(
        '--preprocess <how>',
        'how its input is made, where the model does not say so itself: a name from below, or for instance "order=bgr mean=127.5 std=128"',
        checkPreprocess,
      )
      .option('--output <name>', 'the output that is the embedding, where an ONNX model has several that can be')
      .option('--flip', 'embed the mirror image as well')
      .option('--sweep', 'write no embeddings: find out from pairs which preprocessing the model was made for')
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
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .addHelpText('after', preprocessHelp()),
  async run(_, options) {
    if (options.sweep) await (await import('./sweep-stream.js')).sweepStream(options)
    else await (await import('./embed-stream.js')).embedStream(options)
  },
})

/** The text itself: what it means is read when the command runs, which may have something to say of it. */
function checkPreprocess(text: string): string {
  try {
    parsePreprocessText(text)
    return text
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

/** What --help says of --preprocess. */
function preprocessHelp(): string {
  const names = Object.entries(PREPROCESS_MEANINGS)
  const longest = Math.max(...names.map(([name]) => name.length))
  return `
--preprocess takes one of these names, or words of your own, or a name and words that replace parts of it:
${names.map(([name, meaning]) => `  ${name.padEnd(longest)}  ${meaning}`).join('\n')}

  order=bgr mean=127.5 std=128   input = (x - mean) / std for x of 0 to 255; one number, or three as 123.7,116.3,103.5
  size=128                       height and width, where the model takes any
  layout=nhwc                    where the model's input does not tell whether channels come last`
}
