import { expandPaths, figuresOutput, progressBar, say } from '@tiny-face/command-shell'
import { severalNumbers, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError } from '@tiny-face/safe-files'
import { examineDataset } from '../examine-dataset.js'
import { PictureStore } from '../picture-store.js'
import { datasetCheckPage } from '../report/dataset-check-page.js'
import { findingsJson } from '../report/findings-json.js'
import { findingsTable } from '../report/findings-table.js'

/** The exit code that says: something was found. */
const FOUND = 3

export interface Options {
  test?: string[]
  minImages: number
  json?: string
  report?: string
  tmp: string
  threads?: number
  unframed?: boolean
  force?: boolean
}

/** Looks through the dataset on standard input, and writes what it finds as a table, a report and JSON. */
export async function checkStream(options: Options): Promise<void> {
  const { test = [], minImages, json, report, tmp, threads, unframed, force } = options
  const records = stdinRecords({ unframed })
  const tests = expandPaths(test, ['.bin'])
  const write = figuresOutput(json, { force })
  const reportFile = report === undefined ? undefined : new AtomicFile(report, { force })
  const store = reportFile === undefined ? undefined : new PictureStore(tmp)
  const { count, classes, names, source } = records.begin
  const bar = progressBar({ unit: 'images', total: count })
  const onPicture = (bytes: number) => bar.advance(1, bytes)
  const examination = await examineDataset(records, {
    tests,
    count,
    classes,
    names,
    minImages,
    threads,
    store,
    onPicture,
  })
  const { images, several } = examination
  if (images === 0) throw new DataError({ file: source, expected: 'a dataset with images', found: 'none' })
  bar.done()
  if (several > 0) say(severalNumbers(several))
  if (store !== undefined) reportFile!.write(Buffer.from(datasetCheckPage({ examination, store, source })))
  reportFile?.commit()
  write({ json: findingsJson(examination), table: findingsTable(examination) })
  if (examination.findings.length > 0) process.exitCode = FOUND
}
