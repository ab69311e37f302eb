import { figuresOutput, type ProgressBar, progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import {
  type IdentificationProtocol,
  identificationJson,
  identificationTable,
  readCalibration,
} from '@tiny-face/verifier'
import { evaluate } from '../evaluate.js'

export interface Options {
  protocol: IdentificationProtocol
  threshold?: string
  json?: string
  unframed?: boolean
  force?: boolean
}

/** Divides the people of standard input into a gallery and searches for it, and writes how they went as a table and JSON. */
export async function evaluateStream({ protocol, threshold, json, unframed, force }: Options): Promise<void> {
  const records = stdinRecords({ unframed })
  const calibration = threshold === undefined ? undefined : readCalibration(threshold)
  const write = figuresOutput(json, { force })
  const reading = progressBar({ unit: 'faces', total: records.begin.count })
  let searching: ProgressBar | undefined
  const { identification, calibrated } = await evaluate(records, protocol, {
    calibration,
    calibrationFile: threshold,
    onFace: () => reading.advance(1),
    onEnrolled(blocks) {
      reading.done()
      searching = progressBar({ unit: 'blocks of pairs', total: blocks })
    },
    onBlock: () => searching?.advance(1),
  })
  searching?.done()
  write({
    json: [identificationJson(identification, calibrated)],
    table: identificationTable(identification, calibrated),
  })
}
