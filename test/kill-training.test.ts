import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import { encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { collect, ending, start } from './shell.js'

const faces = []
for (const identity of [0, 1]) {
  for (const view of [0, 1, 2, 3]) {
    faces.push({ label: identity, image: await encodePng(await drawFace({ identity, view, size: 112, seed: 1 })) })
  }
}
const input = await collect(encodeRecords(faces, { classes: 2 }))

/** Ends a training by a signal after its first step. */
async function endedBy(cwd: string, how: NodeJS.Signals) {
  const args = ['-', '--network', 'mobilefacenet', '--out', 'run', '--batch-size', '4', '--epochs', '1000']
  const training = start('arcface-train', args, cwd)
  const ended = ending(training)
  training.stdin.end(input)
  // A training that fails before its first step must end this test, not leave it watching.
  const watching = new AbortController()
  await Promise.race([firstStep(join(cwd, 'run'), watching.signal), ended])
  watching.abort()
  training.kill(how)
  return ended
}

t.test('SIGKILL ends arcface-train at once, and it leaves no model', async t => {
  const cwd = t.testdir({ run: {} })
  const { signal, stderr } = await endedBy(cwd, 'SIGKILL')
  t.equal(signal, 'SIGKILL', stderr)
  t.notOk(existsSync(join(cwd, 'run/model.onnx')))
  t.notOk(existsSync(join(cwd, 'run/checkpoints')))
})

for (const how of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${how} lets the present step end, and leaves a checkpoint and the model`, async t => {
    const cwd = t.testdir({ run: {} })
    const { code, stderr } = await endedBy(cwd, how)
    t.equal(code, 130, stderr)
    t.match(stderr, /stopped after step \d+: --resume goes on from there\n$/)
    const steps = readFileSync(join(cwd, 'run/metrics.jsonl'), 'utf8').trimEnd().split('\n').length
    const weights = `step-${String(steps).padStart(8, '0')}.safetensors`
    t.ok(readdirSync(join(cwd, 'run/checkpoints')).includes(weights), 'of the step that it says')
    t.ok(existsSync(join(cwd, 'run/model.onnx')))
  })
}

/** Resolves once the run has written what its first step was like. */
async function firstStep(run: string, signal: AbortSignal): Promise<void> {
  for await (const { filename } of watch(run, { signal })) {
    const metrics = join(run, 'metrics.jsonl')
    if (filename === 'metrics.jsonl' && readFileSync(metrics, 'utf8').includes('\n')) return
  }
}
