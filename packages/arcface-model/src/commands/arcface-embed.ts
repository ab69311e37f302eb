import { InvalidArgumentError, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { ENGINE_CHOICES } from '@tiny-face/tfjs-compiler/engine-names'
import { DEFAULT_BATCH_SIZE } from '../face-model.js'
import type { OpenOptions } from '../open-model.js'
import { PRESETS, type PreprocessName } from '../preprocess.js'
import { FORMER_PREPROCESS_NAMES, typedName } from '../typed-names.js'

interface Options {
  model: string
  preprocess?: PreprocessName
  flip?: true
  engine: OpenOptions['engine']
  batchSize: number
  threads?: number
  unframed?: true
}

await runCommand<Options>({
  name: 'arcface-embed',
  summary: 'Adds to each record the embedding of its image.',
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify',
  configure: program =>
    program
      .requiredOption('--model <file|run>', "the network: an ONNX file, or a training run's folder")
      .option(
        '--preprocess <name>',
        `how its input is normalised, where the model does not say so itself: ${Object.keys(PRESETS).join(', ')}`,
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
  async run(_args, { model: modelOrRun, preprocess, flip, engine, batchSize, threads, unframed }) {
    // Loaded only now: the help needs none of what computes.
    const { describeEngine, embedRecords, openModel } = await import('../index.js')
    const normalisation = typedName(preprocess, FORMER_PREPROCESS_NAMES)
    const model = await openModel(modelOrRun, { preprocess: normalisation, threads, engine, batchSize })
    if (engine === 'auto' && model.choice) say(describeEngine(model.choice))
    const reader = stdinRecords({ unframed })
    const { begin: _, ...begin } = reader.begin
    const writer = stdoutRecords(begin)
    const bar = progressBar({ unit: 'images', total: begin.count })
    for await (const record of embedRecords(reader, model, { flip, batchSize, source: begin.source })) {
      writer.write(record)
      bar.advance(1)
    }
    writer.end()
    bar.done()
    await model.close()
  },
})

/** One of the present names, or of those of earlier versions. */
function parsePreprocessName(text: string): PreprocessName {
  if (!Object.hasOwn(PRESETS, text) && !Object.hasOwn(FORMER_PREPROCESS_NAMES, text))
    throw new InvalidArgumentError(`It is one of ${Object.keys(PRESETS).join(', ')}.`)
  return text as PreprocessName
}
