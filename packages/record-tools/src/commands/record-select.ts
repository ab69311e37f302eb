import { parseWhole, progressBar, runCommand } from '@tiny-face/command-shell'
import { recordBytes, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { parseLabelRanges } from '../label-ranges.js'
import { selectLabels } from '../select-labels.js'

await runCommand<{ labels?: string; except?: string; renumber?: true | number; unframed?: boolean }>({
  name: 'record-select',
  summary: 'Keeps the records of some identities.',
  example: 'recordio-dump train.rec | record-select --labels 0-29,35 --renumber | tfrecord-write --out shards',
  configure: program =>
    program
      .option('--labels <ranges>', 'labels to keep, such as 0-29,35')
      .option('--except <ranges>', 'labels to leave out')
      .option(
        '--renumber [first]',
        'map the kept labels to first, first + 1, …, in ascending order (default: from 0)',
        parseWhole('--renumber'),
      )
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { labels, except, renumber, unframed }) {
    if (labels === undefined && except === undefined && typeof renumber !== 'number') {
      throw new UsageError('needs --labels, --except or --renumber FIRST (see --help)')
    }
    const selected = selectLabels(stdinRecords({ unframed }), {
      labels: labels === undefined ? undefined : parseLabelRanges(labels),
      except: except === undefined ? undefined : parseLabelRanges(except),
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
  },
})
