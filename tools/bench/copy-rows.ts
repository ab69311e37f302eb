// From .rec to TFRecord: against copying the bytes, and against the seed's way.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { timePairs } from './pairs.js'
import { peerPython, ROOT, type Run, saidSeconds } from './run.js'
import type { Row } from './table.js'
import type { TestData } from './test-data.js'

/** Reads IN and writes the folder OUT: node TEN_LINES IN OUT. */
export const TEN_LINES = join(ROOT, 'docs/rec-to-tfrecord.js')

export function* copyRows({ folder, rec }: TestData, rounds: number): Generator<Row> {
  const [copy, shards, tfrecord] = ['copy', 'shards', 'seed.tfrecord'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const cat: Run = { name: 'cat | cat', command: `cat ${rec} | cat > ${copy}`, outputs: [copy] }
  const piped: Run = {
    name: 'recordio-dump | tfrecord-write',
    command: `recordio-dump ${rec} | tfrecord-write --out ${shards}`,
    outputs: [shards],
  }
  const tenLines: Run = { name: 'ten lines', command: `node ${TEN_LINES} ${rec} ${shards}`, outputs: [shards] }
  const ways = [
    { run: piped, most: 2, least: 3 },
    { run: tenLines, most: 1.4, least: 4 },
  ].filter(({ run }) => run !== tenLines || existsSync(TEN_LINES))

  for (const { run, most } of ways) {
    const { seconds, ratio } = timePairs(run, cat, rounds)
    yield {
      measure: `${run.name}, by cat | cat`,
      figure: `${seconds[0].toFixed(2)} s by ${seconds[1].toFixed(2)} s`,
      ratio,
      goal: `at most ${most}x`,
      met: ratio <= most,
    }
  }
  if (!existsSync(TEN_LINES)) yield { measure: 'the ten-line program', figure: `${TEN_LINES} is not there` }

  const python = peerPython('seed')
  if (python === undefined) {
    yield { measure: "the seed's way", figure: 'not installed: tools/peers/run seed mx2tfrecords.py' }
    return
  }
  const seed: Run = {
    name: 'mx2tfrecords.py',
    command: `${python} tools/peers/mx2tfrecords.py ${rec} ${tfrecord}`,
    outputs: [tfrecord],
    seconds: saidSeconds,
  }
  for (const { run, least } of ways) {
    const { seconds, ratio } = timePairs(seed, run, rounds)
    yield {
      measure: `mx2tfrecords.py (without its imports), by ${run.name}`,
      figure: `${seconds[0].toFixed(2)} s by ${seconds[1].toFixed(2)} s`,
      ratio,
      goal: `at least ${least}x`,
      met: ratio >= least,
    }
  }
}
