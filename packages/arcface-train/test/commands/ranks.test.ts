/** Training shared by ranks: what mpirun starts, against what one process computes. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkpointSteps, readCheckpoint, runPaths } from '@tiny-face/arcface-model'
import { installedEngine } from '@tiny-face/native-engines'
import t, { type Test } from 'tap'
import { mpirun, startMpirun, WITH_MPI } from '../../../mpi-session/test/mpirun.js'
import { drawnFaces } from './drawn-faces.js'

const bin = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const TRAIN = [process.execPath, bin('arcface-train/bin/arcface-train.js')]

const missing = installedEngine('onednn') === undefined ? 'engine-install onednn' : false
const root = t.testdir({})
const shards = join(root, 'shards')
// Nine people: ranks have not as many of them.
const input = await drawnFaces({ people: 9, to: 5 })
spawnSync(process.execPath, [bin('tfrecord-stream/bin/tfrecord-write.js'), '--out', shards, '--shards', '2'], { input })

// Enough images for every batch norm, and so small a rate that what is rounded in another order does not grow from step to step.
const RECIPE = [
  ...[shards, '--network', 'mobilefacenet', '--engine', 'onednn', '--precision', 'f32', '--threads', '1'],
  ...['--batch-size', '16', '--steps', '4', '--lr', '0.000001', '--scale', '16', '--every', '2'],
]

let runs = 0
/** Trains, and says how it ended. */
function trained(ranks: number, ...more: string[]) {
  const run = join(root, `run-${++runs}`)
  const command = [...TRAIN, ...RECIPE, '--out', run, ...more]
  const { status, stderr, stdout } =
    ranks === 0 ? spawnSync(command[0]!, command.slice(1), { encoding: 'utf8' }) : mpirun(ranks, command)
  return { run, status, stderr, stdout }
}

const ONE = 0

const metricsOf = (run: string) =>
  readFileSync(runPaths(run).metrics, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as { step: number; loss: number; gradientNorm: number; accuracy: number })

const hashesOf = (run: string) =>
  checkpointSteps(run).map(step =>
    createHash('sha256')
      .update(readFileSync(runPaths(run).checkpoint(step).weights))
      .digest('hex'),
  )

t.test('ranks', { skip: missing || WITH_MPI.skip }, async t => {
  /** Losses, and gradients as the velocities have them: their rounding is that of fifty layers, forth and back. */
  function same(t: Test, found: string, expected: string) {
    const [tolerance, ofGradients] = [1e-5, 1e-2]
    const [losses, wanted] = [metricsOf(found), metricsOf(expected)]
    t.equal(losses.length, wanted.length)
    for (const [i, { loss, gradientNorm, accuracy }] of wanted.entries()) {
      t.ok(Math.abs(losses[i]!.loss / loss - 1) < tolerance, `loss ${losses[i]!.loss} of step ${i + 1}, ${loss} of one`)
      const off = Math.abs(losses[i]!.gradientNorm / gradientNorm - 1)
      t.ok(off < ofGradients, `the norm of gradients is ${off} off`)
      t.ok(Math.abs(losses[i]!.accuracy - accuracy) < 1e-6, 'accuracy')
    }
    t.same(checkpointSteps(found), checkpointSteps(expected))
    const [a, b] = [found, expected].map(run => readCheckpoint(run, 4).tensors)
    t.same([...a!.keys()].sort(), [...b!.keys()].sort())
    let [off, length] = [0, 0]
    for (const [name, { values, shape }] of b!) {
      t.same(a!.get(name)!.shape, shape, name)
      // A sum of equal shares of the batch, where a process alone moves them part by part.
      if (/\/(mean|variance)$/.test(name)) continue
      for (const [i, value] of values.entries()) {
        off += (a!.get(name)!.values[i]! - value) ** 2
        length += value ** 2
      }
    }
    t.ok(Math.sqrt(off / length) < ofGradients, `the state is ${Math.sqrt(off / length)} off`)
  }

  const alone = trained(ONE, '--accumulate', '2')
  const two = trained(2)

  await t.test('two ranks compute what one process does in two parts', async t => {
    t.equal(alone.status, 0, alone.stderr)
    t.equal(two.status, 0, two.stderr)
    same(t, two.run, alone.run)
  })

  await t.test('the same bytes from run to run', async t => {
    const again = trained(2)
    t.same(hashesOf(again.run), hashesOf(two.run))
    t.equal(readFileSync(runPaths(again.run).metrics, 'utf8'), readFileSync(runPaths(two.run).metrics, 'utf8'))
  })

  await t.test('on several machines gradients travel while others are computed: the same bytes', async t => {
    // What mpirun says where each rank is the only one of its machine.
    const elsewhere = ['env', 'OMPI_COMM_WORLD_LOCAL_SIZE=1']
    for (const exchange of [[], ['--exchange', 'bf16']]) {
      const run = join(root, `overlapped-${exchange.length}`)
      const { status, stderr } = mpirun(2, [...elsewhere, ...TRAIN, ...RECIPE, ...exchange, '--out', run])
      t.equal(status, 0, stderr)
      t.same(hashesOf(run), hashesOf(exchange.length === 0 ? two.run : trained(2, ...exchange).run), `${exchange}`)
    }
  })

  await t.test('with batch norm over all ranks, what one process does at once; on two ranks and on four', async t => {
    const whole = trained(ONE)
    for (const ranks of [2, 4]) {
      const shared = trained(ranks, '--sync-batch-norm')
      t.equal(shared.status, 0, shared.stderr)
      same(t, shared.run, whole.run)
      const [a, b] = [shared.run, whole.run].map(run => readCheckpoint(run, 4).tensors.get('stem/variance')!.values)
      for (const [i, value] of b!.entries()) t.ok(Math.abs(a![i]! / value - 1) < 1e-4, 'the running variance')
    }
  })

  await t.test('in parts, and gradients in bf16', async t => {
    const four = trained(ONE, '--accumulate', '4')
    const parts = trained(2, '--accumulate', '2')
    t.equal(parts.status, 0, parts.stderr)
    same(t, parts.run, four.run)
    const halves = trained(2, '--exchange', 'bf16')
    t.equal(halves.status, 0, halves.stderr)
    const [[first], [exact]] = [metricsOf(halves.run), metricsOf(two.run)]
    t.equal(first!.loss, exact!.loss, 'the loss before any update')
    const off = Math.abs(first!.gradientNorm / exact!.gradientNorm - 1)
    t.ok(off > 0 && off < 1e-2, `the norm of gradients is ${off} off`)
  })

  await t.test('Partial FC: each rank draws among its own, and the checkpoint has the rows of all', async t => {
    const sampled = trained(2, '--sample-rate', '0.5')
    t.equal(sampled.status, 0, sampled.stderr)
    const centres = readCheckpoint(sampled.run, 4).tensors.get('head/centres')!
    t.same(centres.shape, [9, 128])
    const first = readCheckpoint(two.run, 2).tensors.get('head/centres')!
    t.ok(Math.abs(centres.values[0]! - first.values[0]!) < 1e-2, 'they begin as those of the dense head')
    const again = trained(2, '--sample-rate', '0.5')
    t.same(hashesOf(again.run), hashesOf(sampled.run))
  })

  await t.test('a run goes on with another number of ranks, and with the same to the bit', async t => {
    const sync = '--sync-batch-norm'
    const through = trained(2, sync)
    for (const ranks of [2, 4, ONE]) {
      const begun = trained(2, sync, '--stop-after', '1')
      t.equal(begun.status, 0, begun.stderr)
      t.same(checkpointSteps(begun.run), [2])
      const resumed = [sync, '--resume', '--out', begun.run]
      const { status, stderr } = trained(ranks, ...resumed)
      t.equal(status, 0, stderr)
      t.equal(metricsOf(begun.run).length, 4)
      if (ranks === 2) t.same(hashesOf(begun.run).at(-1), hashesOf(through.run).at(-1))
      else t.ok(Math.abs(metricsOf(begun.run)[3]!.loss / metricsOf(through.run)[3]!.loss - 1) < 1e-4)
    }
  })

  await t.test('a rank that is killed ends all, with its name; the run goes on', async t => {
    const run = join(root, 'killed')
    const job = startMpirun(2, [...TRAIN, ...RECIPE, '--steps', '4000', '--every', '1', '--out', run])
    t.teardown(() => job.kill())
    const watching = new AbortController()
    await Promise.race([firstCheckpoint(run, watching.signal), job.ended])
    watching.abort()
    process.kill(pidOfRank(job.pid, 1), 'SIGKILL')
    const { code, stderr } = await job.ended
    t.not(code, 0)
    t.match(stderr, /process rank 1 with PID \d+ on node .* exited on signal 9/)
    const last = checkpointSteps(run).at(-1)!
    const { status, stderr: told } = trained(
      2,
      '--out',
      run,
      '--resume',
      '--steps',
      '4000',
      '--every',
      '1',
      '--stop-after',
      '20',
    )
    t.equal(status, 0, told)
    t.ok(checkpointSteps(run).at(-1)! > last)
    t.equal(checkpointSteps(run).at(-1), metricsOf(run).length)
  })

  await t.test('SIGUSR2 to mpirun lets the step end, and leaves a checkpoint', async t => {
    const run = join(root, 'stopped')
    const job = startMpirun(2, [...TRAIN, ...RECIPE, '--steps', '4000', '--every', '1', '--out', run])
    t.teardown(() => job.kill())
    const watching = new AbortController()
    await Promise.race([firstCheckpoint(run, watching.signal), job.ended])
    watching.abort()
    process.kill(job.pid, 'SIGUSR2')
    const { code, stderr } = await job.ended
    t.equal(code, 130, stderr)
    t.match(stderr, /arcface-train: rank 0 on .*: stopped after step \d+: --resume goes on from there/)
    t.equal(checkpointSteps(run).at(-1), metricsOf(run).length)
  })

  await t.test('an image that does not decode: its rank says so, and what was trained before is kept', async t => {
    const folder = join(root, 'damaged')
    const faces = await drawnFaces({ people: 9, to: 5, damaged: 30 })
    spawnSync(process.execPath, [bin('tfrecord-stream/bin/tfrecord-write.js'), '--out', folder], { input: faces })
    const out = join(root, 'of-damaged')
    const command = [...TRAIN, folder, ...RECIPE.slice(1), '--steps', '20', '--every', '20', '--out', out]
    const { status, stderr } = mpirun(2, [...command, '--no-check'])
    t.equal(status, 1)
    t.match(stderr, /arcface-train: rank [01] on .*damaged: record 30 \(id 30\)/)
    t.equal(stderr.match(/record 30/g)!.length, 1, 'once')
    t.equal(checkpointSteps(out).at(-1) ?? 0, metricsOf(out).length)
    const checked = mpirun(2, [...command, '--skip-damaged', '--steps', '2', '--force'])
    t.equal(checked.status, 0, checked.stderr)
    t.match(checked.stderr, /left out: record 30/)
    t.equal(checked.stderr.match(/left out: record 30/g)!.length, 1)
  })

  await t.test('what ranks cannot share is said once, before anything is trained', async t => {
    for (const [more, code, message] of [
      [['--engine', 'onnx'], 2, /engine onnx computes a step as a whole/],
      [['--batch-size', '9'], 2, /--batch-size 9 does not give each of 2 ranks as many images/],
      [['--batch-size', '20', '--oversize'], 2, /unknown option/],
      [['--init', root], 1, /checkpoint/],
    ] as const) {
      const { status, stderr, run } = trained(2, ...more)
      t.equal(status, code, stderr)
      t.match(stderr, message)
      t.notOk(existsSync(run), `nothing is left: ${more.join(' ')}`)
    }
  })
})

/** The process of one rank, by what mpirun has told it. */
function pidOfRank(mpirun: number, rank: number): number {
  const children = readFileSync(`/proc/${mpirun}/task/${mpirun}/children`, 'utf8').trim().split(' ')
  const wanted = `OMPI_COMM_WORLD_RANK=${rank}`
  const found = children.find(pid => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(wanted))
  return Number(found)
}

async function firstCheckpoint(run: string, signal: AbortSignal): Promise<void> {
  mkdirSync(run, { recursive: true })
  for await (const _ of watch(run, { recursive: true, signal })) if (checkpointSteps(run).length > 0) return
}
