import { existsSync, readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { drawFace, encodePng } from '@tiny-face/image-stream'
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

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  t.test(`${signal} ends arcface-train at once, and it leaves no model`, async t => {
    const cwd = t.testdir({ run: {} })
    const args = ['-', '--network', 'mobilefacenet', '--out', 'run', '--batch-size', '4', '--epochs', '1000']
    const training = start('arcface-train', args, cwd)
    const ended = ending(training)
    training.stdin.end(input)
    // A training that fails before its first step must end this test, not leave it watching.
    const watching = new AbortController()
    await Promise.race([firstStep(join(cwd, 'run'), watching.signal), ended])
    watching.abort()
    training.kill(signal)
    const { signal: endedBy, stderr } = await ended
    t.equal(endedBy, signal, stderr)
    t.notOk(existsSync(join(cwd, 'run/model.onnx')))
    t.notOk(existsSync(join(cwd, 'run/checkpoints')))
  })
}

/** Resolves once the run has written what its first step was like. */
async function firstStep(run: string, signal: AbortSignal): Promise<void> {
  for await (const { filename } of watch(run, { signal })) {
    const metrics = join(run, 'metrics.jsonl')
    if (filename === 'metrics.jsonl' && readFileSync(metrics, 'utf8').includes('\n')) return
  }
}
