import { tmpdir } from 'node:os'
import { expandPaths, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { DECODER_THREADS, parseDecoderThreads } from '@tiny-face/image-stream'
import { severalNumbers, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError, writeAll } from '@tiny-face/safe-files'
import { examineDataset } from '../examine-dataset.js'
import { PictureStore } from '../picture-store.js'
import { datasetCheckPage } from '../report/dataset-check-page.js'
import { findingsJson } from '../report/findings-json.js'
import { findingsTable } from '../report/findings-table.js'

/** The exit code that says: something was found. */
const FOUND = 3

interface Options {
  test?: string[]
  minImages: number
  json?: string
  report?: string
  tmp: string
  threads: number
  unframed?: boolean
  force?: boolean
}

await runCommand<Options>({
  name: 'record-doctor',
  summary:
    'Looks through a dataset once and says what would harm a network: pictures under two labels, people of a test set, ' +
    'duplicates, damage, labels and sizes that do not fit. Exit code 3 when anything was found.',
  example: 'recordio-dump train.rec | record-doctor --test lfw.bin --report train.html --json train.json',
  configure: program =>
    program
      .option(
        '--test <file...>',
        'verification sets (.bin), folders or globs of them, whose pictures should not be there',
      )
      .option('--min-images <n>', 'fewest pictures that a person should have', parseWhole('--min-images'), 2)
      .option('--json <file>', 'write every finding as JSON; - writes JSON to stdout and the table to stderr')
      .option('--report <file>', 'write an HTML report: the pictures side by side, the most harmful findings first')
      .option('--tmp <dir>', 'where the pictures are kept for --report until it is written', tmpdir())
      .option('--threads <n>', 'pictures decoded at a time', parseDecoderThreads, DECODER_THREADS)
      .option('--unframed', 'read bare data maps, with no begin and end around them')
      .option('--force', 'replace files that exist'),
  run: async (_, { test = [], minImages, json, report, tmp, threads, unframed, force }) => {
    const records = stdinRecords({ unframed })
    const tests = expandPaths(test, ['.bin'])
    const jsonFile = json === undefined || json === '-' ? undefined : new AtomicFile(json, { force })
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
    for (const piece of jsonFile === undefined ? [] : findingsJson(examination)) jsonFile!.write(Buffer.from(piece))
    reportFile?.commit()
    jsonFile?.commit()
    for (const piece of json === '-' ? findingsJson(examination) : []) writeAll(1, Buffer.from(piece))
    writeAll(json === '-' ? 2 : 1, Buffer.from(findingsTable(examination)))
    if (examination.findings.length > 0) process.exitCode = FOUND
  },
})
