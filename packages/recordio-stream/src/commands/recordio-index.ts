import { InvalidArgumentError, runCommand } from '@tiny-face/command-shell'
import type { IndexKeys } from '../index/rebuild-index.js'
import type { Options } from './index-recordio.js'

await runCommand<Options>({
  name: 'recordio-index',
  summary: 'Makes the index (.idx) of MXNet RecordIO files anew, or checks it.',
  example: 'recordio-index faces/train.rec\nrecordio-index --check faces/train.rec',
  configure: program =>
    program
      .argument('<files...>', '.rec files, folders of them, globs; the .idx is written beside each')
      .option('--check', 'holds the .idx that is there against the records; exit code 1 where it is wrong')
      .option(
        '--keys <keys>',
        'what keys are to be, id or number (default: ids where every record has its own)',
        parseKeys,
      )
      .option('--force', 'replace an index that exists'),
  run: async (paths, options) => (await import('./index-recordio.js')).indexRecordIO(paths, options),
})

function parseKeys(text: string): IndexKeys {
  if (text === 'id' || text === 'number') return text
  throw new InvalidArgumentError('Keys are id or number.')
}
