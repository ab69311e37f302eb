import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  DEFAULT_BATCH_SIZE,
  exportNetwork,
  NETWORKS,
  networkVariables,
  randomOf,
  runPaths,
  writeCheckpoint,
} from '@tiny-face/arcface-model'
import { type EngineChoice, resolveEngine } from '@tiny-face/tfjs-compiler'
import { figuresJson } from '@tiny-face/verifier'
import t from 'tap'
import { figuresOf, openVerificationSets, WeightsVerifier } from '../../src/verification/index.js'
import { drawnBin } from './drawn-bin.js'

const CONFIG = { network: 'mobilefacenet', embeddingSize: 32 } as const
const VARIABLES = networkVariables(NETWORKS.mobilefacenet, CONFIG.embeddingSize)
const folder = t.testdir({})
const bin = join(folder, 'faces.bin')
await drawnBin(bin, { pairs: 18 })

/** A training state, with what the optimiser keeps, and with statistics that are not 0 and 1. */
function stateOf(seed: number): Record<string, Float32Array> {
  const state = VARIABLES.flatMap(({ name, kind, shape, initialise }): [string, Float32Array][] => {
    const values = initialise(
      shape.reduce((product, extent) => product * extent, 1),
      randomOf(seed, name),
    )
    const random = randomOf(seed + 1, name)
    return [
      [name, kind === 'statistic' ? values.map(value => value + 0.3 * random()) : values],
      [`velocity/${name}`, new Float32Array(values.length)],
    ]
  })
  return Object.fromEntries(state)
}

/** A run's folder with these weights. */
function runOf(seed: number): string {
  const run = mkdtempSync(join(folder, 'run-'))
  const state = stateOf(seed)
  writeFileSync(runPaths(run).config, JSON.stringify(CONFIG))
  writeCheckpoint(run, new Map(VARIABLES.map(({ name, shape }) => [name, { shape, values: state[name]! }])), {
    step: 3,
    epoch: 1,
    position: 0,
    seed,
  })
  writeFileSync(runPaths(run).model, exportNetwork(NETWORKS.mobilefacenet, state, CONFIG.embeddingSize))
  return run
}

/** What `bin-dump | arcface-embed --flip | face-verify --json -` prints. */
function piped(run: string, engine: string): string {
  const stages: [string, string, string[]][] = [
    ['bin-stream', 'bin-dump', [bin]],
    ['arcface-model', 'arcface-embed', ['--model', run, '--engine', engine, '--flip', '--threads', '1']],
    ['verifier', 'face-verify', ['--json', '-']],
  ]
  const json = stages
    .reduce<Buffer>((input, [of, command, args]) => {
      const stub = fileURLToPath(new URL(`../../../${of}/bin/${command}.js`, import.meta.url))
      const { stdout, status, stderr } = spawnSync(process.execPath, [stub, ...args], { input, maxBuffer: 1 << 28 })
      if (status !== 0) throw new Error(`${command}: ${stderr}`)
      return stdout
    }, Buffer.of())
    .toString()
  // What face-verify says beyond the figures of the folds.
  const { source: _, model: __, exact: ___, intervals: ____, notes: _____, ...figures } = JSON.parse(json)
  return JSON.stringify(figures)
}

for (const engine of ['onnx', 'onednn'] as const) {
  t.test(
    `figures of a state are those of the commands, to the last digit, on ${engine}`,
    { skip: !isHere(engine) },
    async t => {
      const sets = await openVerificationSets([{ name: 'drawn', file: bin }], 112)
      const verifier = await WeightsVerifier.open({ ...CONFIG, engine, threads: 1 })
      const lines: string[] = []
      // Other weights in between: the same network takes one state after another.
      for (const seed of [5, 9, 5]) {
        const [result, ...more] = (await verifier.verify(stateOf(seed), sets))!
        t.strictSame(more, [])
        t.equal(result!.name, 'drawn')
        t.ok(result!.seconds > 0)
        lines.push(JSON.stringify(figuresJson(result!.verification)))
      }
      t.equal(lines[0], piped(runOf(5), engine))
      t.equal(lines[1], piped(runOf(9), engine))
      t.equal(lines[2], lines[0])
      await verifier.close()
      for (const set of sets) set.close()
    },
  )
}

t.test('a verification that is interrupted ends within a batch, and says nothing of any set', async t => {
  const [set] = await openVerificationSets([{ name: 'drawn', file: bin }], 112)
  const verifier = await WeightsVerifier.open({ ...CONFIG, engine: 'onnx', threads: 1 })
  const abort = new AbortController()
  let asked = 0
  /** Aborts within the first of ten times as many images. */
  function* records() {
    for (let round = 0; round < 10; round++) {
      for (const record of set!.records()) {
        asked++
        if (asked === 1) abort.abort()
        yield record
      }
    }
  }
  const sets = [set!, { ...set!, records }, set!]
  t.equal(await verifier.verify(stateOf(5), sets, abort.signal), undefined)
  t.ok(asked <= 2 * DEFAULT_BATCH_SIZE, `${asked} images were asked for`)
  await verifier.close()
  set!.close()
})

t.test('a state that lacks a weight, and embeddings that are no numbers', async t => {
  const sets = await openVerificationSets([{ name: 'drawn', file: bin }], 112)
  const verifier = await WeightsVerifier.open({ ...CONFIG, engine: 'onnx', threads: 1 })
  const [first] = VARIABLES
  const { [first!.name]: _, ...lacking } = stateOf(5)
  await t.rejects(verifier.verify(lacking, sets), { message: `the weights have no ${first!.name}` })
  const state = stateOf(5)
  state[VARIABLES.at(-1)!.name]!.fill(Number.NaN)
  await t.rejects(verifier.verify(state, sets), {
    name: 'DataError',
    message: `${bin}: record 0 (id 0): expected finite numbers in embedding, found NaN at [0]`,
  })
  await verifier.close()
  for (const set of sets) set.close()
})

t.test('the figures that are followed over a run', async t => {
  const rate = (mean: number) => ({ mean, std: 0, far: 0, thresholds: [], unreached: 0 })
  const figures = figuresOf({
    protocol: 'insightface',
    pairs: 10,
    same: 5,
    missing: 0,
    flip: true,
    accuracy: { mean: 0.9, std: 0.1 },
    folds: [1.5, 1.1, 1.3, 1.2, 1.4, 1.9, 1.8, 1.7, 1.6, 1.0].map(threshold => ({
      pairs: 1,
      same: 1,
      threshold,
      accuracy: 1,
      falseAccepts: 0,
      falseRejects: 0,
    })),
    tar: {
      '1e-1': rate(0.8),
      '1e-2': rate(0.7),
      '1e-3': rate(0.6),
      '1e-4': rate(0.5),
      '1e-5': rate(0.4),
      '1e-6': rate(0.3),
    },
    auc: 0.96,
    aucExact: 0.97,
    eer: 0.04,
    xnorm: 12,
    closest: 0.1,
    farthest: 2,
    beyond: 0,
  })
  t.strictSame(figures, {
    accuracy: 0.9,
    deviation: 0.1,
    threshold: 1.5,
    tar: { '1e-1': 0.8, '1e-2': 0.7, '1e-3': 0.6, '1e-4': 0.5 },
    auc: 0.97,
    eer: 0.04,
    norm: 12,
  })
})

function isHere(engine: EngineChoice['engine']): boolean {
  try {
    return resolveEngine({ engine, precision: 'f32' }).engine === engine
  } catch {
    return false
  }
}
