import { InvalidArgumentError, parseSeed, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { FOLDS, recordBytes, severalNumbers, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { DEFAULT_PAIRS } from '../draw-pairs.js'
import { pairRecords } from '../pair-records.js'

await runCommand<{ seed: number; same?: number; different?: number; unframed?: boolean }>({
  name: 'record-pairs',
  summary: 'Draws verification pairs from labelled images: half of one person, half of two, in 10 balanced folds.',
  example: 'recordio-dump train.rec | record-select --labels 30-39 | record-pairs --seed 1 | bin-write held-out.bin',
  configure: program =>
    program
      .requiredOption('--seed <seed>', 'the pairs are a pure function of the seed and the records', parseSeed)
      .option('--same <n>', `pairs of one person (default: as many as there are, up to ${DEFAULT_PAIRS})`, parsePairs)
      .option('--different <n>', 'pairs of two people (default: as many as of one)', parsePairs)
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { seed, same, different, unframed }) {
    const reader = stdinRecords({ unframed })
    const { source, classes, names } = reader.begin
    const { pairs, records, several } = pairRecords(reader, { seed, same, different, source })
    const writer = stdoutRecords({ count: 2 * pairs.length, classes, names, source })
    const bar = progressBar({ unit: 'records', total: 2 * pairs.length })
    for (const record of records) {
      writer.write(record)
      bar.advance(1, recordBytes(record))
    }
    writer.end()
    bar.done()
    if (several > 0) say(severalNumbers(several))
  },
})

function parsePairs(text: string): number {
  const pairs = Number(text)
  if (!/^\d+$/.test(text) || pairs % FOLDS !== 0) {
    throw new InvalidArgumentError(`The number of pairs is a multiple of ${FOLDS}, the number of folds.`)
  }
  return pairs
}
