import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkpointSteps, runPaths } from '@tiny-face/arcface-model'
import t from 'tap'
import { drawnFaces } from './drawn-faces.js'

// kill -9 at random moments of a run, and of the runs that resume it: weights and metrics are the same to the byte.
// As many times as TINY_FACE_RUNS says; on the engine that TINY_FACE_ENGINE names.
const RUNS = Number(process.env.TINY_FACE_RUNS ?? 3)
const ENGINE = process.env.TINY_FACE_ENGINE ?? 'onnx'
/** A resumed run is killed again so often, at most. */
const KILLS = 2
const STEPS = 12

const BIN = fileURLToPath(new URL('../../bin/arcface-train.js', import.meta.url))
const faces = await drawnFaces({ people: 8, to: 4 })
const recipe = [
  ...['-', '--quiet', '--network', 'mobilefacenet', '--engine', ENGINE, '--steps', `${STEPS}`, '--batch-size', '8'],
  ...['--augment', 'adaface', '--sample-rate', '0.5', '--every', '3', '--keep', '2', '--lr', '0.05', '--scale', '16'],
]

const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tiny-face-train-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** What a run computed. */
function resultsOf(run: string) {
  const { metrics, checkpoints, checkpoint, model } = runPaths(run)
  return {
    metrics: readFileSync(metrics, 'utf8'),
    checkpoints: readdirSync(checkpoints).sort(),
    weights: checkpointSteps(run).map(step => hashOf(checkpoint(step).weights)),
    model: hashOf(model),
  }
}

/** @param killAfter ms */
async function start(run: string, more: string[], killAfter?: number) {
  const child = spawn(process.execPath, [BIN, ...recipe, '--out', run, ...more], { stdio: ['pipe', 'inherit', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(faces)
  const started = performance.now()
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  return { code, signal, stderr, took: performance.now() - started }
}

/** The same numbers in every run of this test. */
function randoms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

t.setTimeout(0)
t.test(`${RUNS} killed runs on ${ENGINE}`, { timeout: 0 }, async t => {
  const whole = join(root, 'whole')
  const { code, took, stderr } = await start(whole, [])
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  const expected = resultsOf(whole)
  const random = randoms(7)
  const stopped: string[] = []
  for (let attempt = 0; stopped.length < RUNS && attempt < 3 * RUNS; attempt++) {
    const run = join(root, `${attempt}`)
    let hits = 0
    for (let kill = 0; kill < 1 + Math.floor(random() * KILLS); kill++) {
      const { signal } = await start(run, kill === 0 ? [] : ['--resume'], random() * took)
      if (signal === null) break
      hits++
    }
    if (hits === 0) continue
    const steps = existsSync(join(run, 'checkpoints')) ? checkpointSteps(run) : []
    stopped.push(`${steps.at(-1) ?? 0}`)
    const last = await start(run, ['--resume'])
    t.strictSame({ code: last.code, stderr: last.stderr }, { code: 0, stderr: '' }, `${attempt}, ${hits} kills`)
    t.strictSame(resultsOf(run), expected, `resumed after step ${stopped.at(-1)}`)
    rmSync(run, { recursive: true })
  }
  t.equal(stopped.length, RUNS)
  t.comment(`resumed after steps ${stopped.join(', ')}`)
})
