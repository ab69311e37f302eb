import { expandPaths, InvalidArgumentError, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { UsageError } from '@tiny-face/safe-files'
import { checkIndex, type IndexKeys, type IndexSummary, rebuildIndex } from '../index/rebuild-index.js'

const KEYS = { id: "the records' ids", number: "the records' numbers" }

await runCommand<{ check?: boolean; force?: boolean; keys?: IndexKeys }>({
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
  run(paths, { check, force, keys }) {
    if (check && force) throw new UsageError('--check writes nothing that --force could replace')
    const bar = progressBar({ unit: 'records' })
    const progress = (bytes: number) => bar.advance(1, bytes)
    const summaries = expandPaths(paths, ['.rec']).map(path =>
      check ? checkIndex(path, { keys, progress }) : rebuildIndex(path, { keys, force, progress }),
    )
    bar.done()
    for (const summary of summaries) say(describe(summary))
  },
})

function describe({ file, count, keys, why }: IndexSummary): string {
  const what = keys === undefined ? "its writer's own" : KEYS[keys]
  return `${file}: ${count === 1 ? '1 entry' : `${count} entries`}; keys are ${what}${why === undefined ? '' : `, for ${why}`}`
}

function parseKeys(text: string): IndexKeys {
  if (text === 'id' || text === 'number') return text
  throw new InvalidArgumentError('Keys are id or number.')
}
