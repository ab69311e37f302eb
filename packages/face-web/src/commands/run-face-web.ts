import { parsePreprocessText } from '@tiny-face/arcface-model'
import { say } from '@tiny-face/command-shell'
import { cosineThreshold } from '@tiny-face/face-gallery'
import { UsageError } from '@tiny-face/safe-files'
import { openRecogniser } from '../recogniser.js'
import { serve } from '../serve.js'

export interface Options {
  gallery: string
  model: string
  preprocess?: string
  threshold?: string
  detector: string
  port: number
  threads?: number
}

/** Serves the page until the person ends it. */
export async function runFaceWeb({ preprocess, threshold, port, ...options }: Options): Promise<void> {
  const recogniser = await openRecogniser({
    ...options,
    preprocess: preprocess === undefined ? undefined : preprocessOf(preprocess),
  })
  const { url } = await serve({
    recogniser,
    gallery: options.gallery,
    threshold: threshold === undefined ? null : cosineThreshold(threshold, recogniser.kind),
    port,
  })
  say('open this in a browser on this machine; Ctrl-C ends it')
  console.log(url)
  await new Promise(() => {})
}

function preprocessOf(text: string) {
  try {
    return parsePreprocessText(text)
  } catch (error) {
    throw new UsageError(`--preprocess: ${(error as Error).message}`)
  }
}
