// arcface-train's whole loop for turns.ts: images from shards, augmented, the step, what is logged. It stands still between its turns.
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { NetworkName } from '@tiny-face/arcface-model'
import { openTrainingSet, parseAugment, resolveConfig, train } from '@tiny-face/arcface-train'
import type { EngineName } from '@tiny-face/tfjs-compiler'
import type { Ready } from './turns.js'

/** Until the code that augments is compiled; at a batch of 64 the bench's 640 images are decoded by then, too. */
const WARM_UP = 20
const STEPS = 1e6

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'mobilefacenet' },
    batch: { type: 'string', default: '64' },
    engine: { type: 'string', default: 'onnx' },
    precision: { type: 'string', default: 'f32' },
    threads: { type: 'string', default: '2' },
    classes: { type: 'string' },
  },
})
const run = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
process.on('exit', () => rmSync(run, { recursive: true, force: true }))
const set = openTrainingSet(positionals)
const precision = values.precision === 'bf16' ? 'bf16' : 'f32'
const options = {
  network: values.network as NetworkName,
  batchSize: Number(values.batch),
  augment: parseAugment('adaface'),
  steps: STEPS,
  every: { steps: STEPS },
  lr: [1e-3],
}
const config = resolveConfig(options, set, { engine: values.engine as EngineName, precision })

let taken = 0
let wanted = WARM_UP
let started = performance.now()
let previous = started
let first: number | undefined
await train(run, set, config, { threads: Number(values.threads), onStep: takeTurn })

/** Ends the process when its input ends. */
function takeTurn(): void {
  const now = performance.now()
  const seconds = (now - previous) / 1000
  first ??= seconds
  previous = now
  if (++taken < wanted) return
  if (wanted === WARM_UP) say({ version: `Node ${process.versions.node}`, first, later: seconds } satisfies Ready)
  else say({ seconds: (now - started) / 1000 })
  wanted = taken + Number(nextLine())
  started = previous = performance.now()
}

/** Waits for it without letting the loop go on. */
function nextLine(): string {
  const bytes = Buffer.alloc(16)
  let length = 0
  while (length === 0 || bytes[length - 1] !== 0x0a) {
    const read = readSync(0, bytes, length, 1, null)
    if (read === 0) process.exit()
    length += read
  }
  return bytes.toString('latin1', 0, length)
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
