import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRecords, tensorValues } from '@tiny-face/record-stream'
import t from 'tap'
import { drawnFaces } from './drawn-faces.js'

// From drawn faces to a model that knows the people again, by the commands that a person types.
const PEOPLE = 4
const STEPS = 30

t.test('a network that was trained and exported recognises people in images it never saw', async t => {
  const run = join(t.testdir(), 'run')
  const recipe = ['--batch-size', '16', '--steps', `${STEPS}`, '--lr', '0.05', '--warmup', '5', '--margin', '0.2']
  const training = await drawnFaces({ people: PEOPLE, to: 12 })
  command('arcface-train', ['-', '--network', 'mobilefacenet', '--out', run, '--scale', '16', ...recipe], training)

  const losses = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).loss as number)
  t.equal(losses.length, STEPS)
  t.ok(mean(losses.slice(-5)) < mean(losses.slice(0, 5)) / 2, 'the loss falls')

  const model = join(run, 'exported.onnx')
  command('arcface-export', [run, '--step', `${STEPS}`, '--out', model])
  const unseen = await drawnFaces({ people: PEOPLE, from: 12, to: 15 })
  const stream = command('arcface-embed', ['--model', model, '--flip'], unseen)
  const faces: { label: number; embedding: number[] }[] = []
  for await (const { label, embedding } of decodeRecords([stream])) {
    faces.push({ label: label as number, embedding: normalised([...(tensorValues(embedding!) as Float32Array)]) })
  }
  const right = faces.filter(face => nearest(face, faces).label === face.label).length
  t.equal(faces.length, PEOPLE * 3)
  // Of seeds and engines 8 to 12 of 12 were; by chance it would be 2.
  t.ok(right > faces.length / 2, `${right} of ${faces.length} are nearest to an image of the same person`)
})

function command(name: string, args: string[], input?: Buffer): Buffer {
  const folder = name === 'arcface-train' ? '../../bin' : '../../../arcface-model/bin'
  const bin = fileURLToPath(new URL(`${folder}/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args, '--quiet'], {
    input,
    maxBuffer: 1 << 26,
  })
  t.equal(status, 0, `${name} ${stderr}`)
  return stdout
}

function nearest<T extends { embedding: number[] }>(face: T, faces: readonly T[]): T {
  const others = faces.filter(other => other !== face)
  const similarity = (other: T) => other.embedding.reduce((sum, value, i) => sum + value * face.embedding[i]!, 0)
  return others.reduce((best, other) => (similarity(other) > similarity(best) ? other : best))
}

function normalised(vector: number[]): number[] {
  const norm = Math.hypot(...vector)
  return vector.map(value => value / norm)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
