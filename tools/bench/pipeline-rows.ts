// From a verification set to its figures: bin-dump | arcface-embed | face-verify, against OpenCV, onnxruntime's Python and numpy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportNetwork, initialState, marginObjective, NETWORKS, PRESETS } from '@tiny-face/arcface-model'
import { timePairs } from './pairs.js'
import { note, peerPython, runPipeline, saidSeconds } from './run.js'
import type { Row } from './table.js'

const GOAL = 1.2
const HEAD = { kind: 'arcface', margin: 0.5, scale: 64 } as const

export function* pipelineRows(rounds: number, pairs: number): Generator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  try {
    const set = join(folder, 'drawn.bin')
    note(`drawing ${pairs} pairs of faces`)
    runPipeline(`node --import=tsx tools/bench/draw-pairs.ts ${pairs} ${set}`)
    for (const [name, called] of [
      ['mobilefacenet', 'MobileFaceNet'],
      ['ir50', 'IR-50'],
    ] as const) {
      const network = NETWORKS[name]
      const model = join(folder, `${name}.onnx`)
      const weights = initialState(marginObjective({ network, batchSize: 2, classes: 2, head: HEAD }), 1)
      writeFileSync(model, exportNetwork(network, weights))
      const measure = `${pairs} pairs through ${called}: onnxruntime's Python with OpenCV, by ours`
      const python = peerPython('onnxruntime-opencv')
      const pipeline = `bin-dump ${set} | arcface-embed --model ${model} | face-verify > /dev/null`
      const ours = { name: 'ours', command: pipeline }
      if (python === undefined) {
        yield { measure, figure: 'not installed: tools/peers/run onnxruntime-opencv' }
        continue
      }
      const script = `tools/peers/verify-onnxruntime.py ${model} ${set} --std ${PRESETS[network.preprocess].std[0]}`
      const theirs = { name: "onnxruntime's Python", command: `${python} ${script}`, seconds: saidSeconds }
      const { seconds, ratio } = timePairs(theirs, ours, rounds)
      yield {
        measure,
        figure: `${seconds[0].toFixed(1)} s by ${seconds[1].toFixed(1)} s`,
        ratio,
        goal: `at least ${GOAL}x`,
        met: ratio >= GOAL,
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
