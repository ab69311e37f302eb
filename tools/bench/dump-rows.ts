// Reading: TFRecord against TensorFlow, verification sets against Python's pickle. Theirs is timed without imports, ours whole.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { timePairs } from './pairs.js'
import { peerPython, type Run, runPipeline, saidSeconds } from './run.js'
import type { Row } from './table.js'
import { type TestData, writePairs } from './test-data.js'

export function* dumpRows(data: TestData, rounds: number): Generator<Row> {
  yield* tfrecordRows(data, rounds)
  yield* binRows(data, rounds)
}

function* tfrecordRows({ folder, rec }: TestData, rounds: number): Generator<Row> {
  const python = peerPython('tensorflow')
  if (python === undefined) {
    yield { measure: "TensorFlow's reader", figure: 'not installed: tools/peers/run tensorflow time-tfrecord.py' }
    return
  }
  const shards = join(folder, 'shards')
  runPipeline(`recordio-dump ${rec} | tfrecord-write --out ${shards}`)
  const ours: Run[] = ['> /dev/null', '| cat > /dev/null'].map(to => ({
    name: `tfrecord-dump ${to}`,
    command: `tfrecord-dump ${shards} ${to}`,
  }))
  const theirs: Run[] = [
    ['', 'TFRecordDataset, records in batches'],
    ['--parse', 'the same with parse_example'],
  ].map(([option, name]) => ({
    name: name!,
    command: `${python} tools/peers/time-tfrecord.py ${option} ${shards}/*.tfrecord`,
    seconds: saidSeconds,
  }))
  for (const our of ours) for (const their of theirs) yield fasterRow(their, our, rounds)
  rmSync(shards, { recursive: true })
}

function* binRows({ folder, bytes }: TestData, rounds: number): Generator<Row> {
  const bin = join(folder, 'pairs.bin')
  writePairs(bin, bytes)
  const python = peerPython('mxnet') ?? 'python3'
  const pickle: Run = {
    name: 'pickle.load, each image touched',
    command: `${python} tools/peers/time-pickle.py ${bin}`,
    seconds: saidSeconds,
  }
  const ours: Run = { name: 'bin-dump > /dev/null', command: `bin-dump ${bin} > /dev/null` }
  yield fasterRow(pickle, ours, rounds)
  rmSync(bin)
}

function fasterRow(theirs: Run, ours: Run, rounds: number): Row {
  const { seconds, ratio } = timePairs(theirs, ours, rounds)
  return {
    measure: `${theirs.name}, by ${ours.name}`,
    figure: `${seconds[0].toFixed(2)} s by ${seconds[1].toFixed(2)} s`,
    ratio,
    goal: 'more than 1x',
    met: ratio > 1,
  }
}
