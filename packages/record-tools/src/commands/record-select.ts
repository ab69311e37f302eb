import { parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { recordBytes, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { readIds } from '../id-set.js'
import { readLabelRanges } from '../label-ranges.js'
import { selectLabels } from '../select-labels.js'

await runCommand<{
  labels?: string
  except?: string
  exceptIds?: string
  renumber?: true | number
  unframed?: boolean
}>({
  name: 'record-select',
  summary: 'Keeps the records of some people.',
  example: 'recordio-dump train.rec | record-select --labels 0-29,35 --renumber | tfrecord-write --out shards',
  configure: program =>
    program
      .option('--labels <ranges>', 'labels to keep, such as 0-29,35; @FILE reads a file of one a line')
      .option('--except <ranges>', 'labels to leave out, likewise')
      .option(
        '--except-ids <ids>',
        'records to leave out by their ids, such as 7,40-59; @FILE reads a file of one a line',
      )
      .option(
        '--renumber [first]',
        'map the kept labels to first, first + 1, …, in ascending order (default: from 0)',
        parseWhole('--renumber'),
      )
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { labels, except, exceptIds, renumber, unframed }) {
    if ((labels ?? except ?? exceptIds) === undefined && typeof renumber !== 'number') {
      throw new UsageError('needs --labels, --except, --except-ids or --renumber FIRST (see --help)')
    }
    const selected = selectLabels(stdinRecords({ unframed }), {
      labels: labels === undefined ? undefined : readLabelRanges(labels),
      except: except === undefined ? undefined : readLabelRanges(except),
      exceptIds: exceptIds === undefined ? undefined : readIds(exceptIds),
      renumber: renumber !== undefined,
      first: typeof renumber === 'number' ? renumber : 0,
    })
    const writer = stdoutRecords(selected.begin)
    const bar = progressBar({ unit: 'records' })
    for (const record of selected.records) {
      writer.write(record)
      bar.advance(1, recordBytes(record))
    }
    writer.end()
    bar.done()
    for (const remark of selected.census.remarks()) say(remark)
  },
})
