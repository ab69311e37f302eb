import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { describeEngine } from '../describe-engine.js'
import { embedRecords } from '../embed.js'
import { fingerprint } from '../fingerprint.js'
import { type OpenOptions, openModel } from '../open-model.js'
import { parsePreprocessText } from '../preprocess-text.js'

export interface Options {
  model: string
  preprocess?: string
  output?: string
  flip?: true
  sweep?: true
  engine: OpenOptions['engine']
  batchSize: number
  threads?: number
  unframed?: true
}

/** Writes the records of standard input, with the embeddings of their images, to standard output. */
export async function embedStream(options: Options): Promise<void> {
  const { model: modelOrRun, flip, engine, batchSize, unframed } = options
  const preprocess = options.preprocess === undefined ? undefined : parsePreprocessText(options.preprocess)
  const model = await openModel(modelOrRun, { ...options, preprocess })
  if (engine === 'auto' && model.choice) say(describeEngine(model.choice))
  const reader = stdinRecords({ unframed })
  const { begin: _, ...begin } = reader.begin
  const { alignment = model.alignment } = begin
  if (alignment !== model.alignment)
    say(
      `the faces are aligned as ${alignment} has them, ${modelOrRun} knows them as ${model.alignment} has them: face-align --template ${model.alignment}`,
    )
  const writer = stdoutRecords({ ...begin, model: fingerprint(modelOrRun, model) })
  const bar = progressBar({ unit: 'images', total: begin.count })
  for await (const record of embedRecords(reader, model, { flip, batchSize, source: begin.source })) {
    writer.write(record)
    bar.advance(1)
  }
  writer.end()
  bar.done()
  await model.close()
}
