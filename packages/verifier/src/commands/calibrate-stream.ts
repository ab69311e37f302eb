import { figuresOutput, progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { placed } from '@tiny-face/safe-files'
import { calibrate, facesFor } from '../calibrate/calibrate.js'
import { calibrationJson } from '../calibrate/calibration-file.js'
import { calibrationTable } from '../calibrate/calibration-table.js'
import { evenFaces } from '../calibrate/even-faces.js'
import { modelOf } from '../embedding-model.js'
import { collectFaces } from '../faces/labelled-faces.js'
import { blockCount } from '../similarity/similarity-blocks.js'

export interface Options {
  far: number
  json?: string
  seed: number
  unframed?: boolean
  force?: boolean
}

/** Finds the threshold for a false accept rate on the people of standard input, and writes it as a table and JSON. */
export async function calibrateStream({ far, json, seed, unframed, force }: Options): Promise<void> {
  const records = stdinRecords({ unframed })
  const write = figuresOutput(json, { force })
  const { count, source } = records.begin
  const model = modelOf(records.begin)
  const reading = progressBar({ unit: 'faces', total: count })
  const read = collectFaces(records, { limit: facesFor(far), seed, source, onFace: () => reading.advance(1) })
  reading.done()
  const faces = evenFaces(read, far, seed)
  if (read.length < read.seen) say(`keeps ${read.length} of ${read.seen} faces, drawn by --seed ${seed}`)
  if (faces.length < read.length) {
    say(`compares ${faces.length} faces, fewer of those who have many: else most pairs would be theirs`)
  }
  const comparing = progressBar({
    unit: 'blocks of pairs',
    total: blockCount(faces.length, faces.length, { aboveDiagonal: true }),
  })
  const calibration = await named(
    source,
    calibrate(faces, far, () => comparing.advance(1)),
  )
  comparing.done()
  write({ json: [calibrationJson({ ...calibration, model })], table: calibrationTable(calibration) })
}

/** Has what is wrong with the faces as a whole named by their source. */
async function named<T>(source: string | undefined, calibration: Promise<T>): Promise<T> {
  try {
    return await calibration
  } catch (error) {
    throw placed(error, { file: source })
  }
}
