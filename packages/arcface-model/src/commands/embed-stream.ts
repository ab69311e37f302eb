import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { describeEngine } from '../describe-engine.js'
import { embedRecords } from '../embed.js'
import { type OpenOptions, openModel } from '../open-model.js'
import { FORMER_PREPROCESS_NAMES, type PreprocessName, typedName } from '../typed-names.js'

export interface Options {
  model: string
  preprocess?: PreprocessName
  flip?: true
  engine: OpenOptions['engine']
  batchSize: number
  threads?: number
  unframed?: true
}

/** Writes the records of standard input, with the embeddings of their images, to standard output. */
export async function embedStream(options: Options): Promise<void> {
  const { model: modelOrRun, preprocess, flip, engine, batchSize, threads, unframed } = options
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
}
