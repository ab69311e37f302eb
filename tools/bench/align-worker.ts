// Ours of the rows of align, timed in turns (turns.ts): a step is a photo, from its file to its aligned faces.
//   align-worker.ts FILE AHEAD      AHEAD: photos that are under way at a time
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { alignPhoto, openDetector } from '@tiny-face/face-aligner'
import { mapAhead } from '@tiny-face/image-stream'
import type { Ready } from './turns.js'

const WARM_UP = 3

const [file, ahead] = process.argv.slice(2)
const detector = await openDetector('yunet')
const times: number[] = []
for (let i = 0; i < WARM_UP; i++) times.push((await secondsOf(Number(ahead))) / Number(ahead))
say({ version: `Node ${process.versions.node}`, first: times[0]!, later: times.at(-1)! } satisfies Ready)
for await (const line of createInterface({ input: process.stdin })) say({ seconds: await secondsOf(Number(line)) })
process.exit()

async function secondsOf(photos: number): Promise<number> {
  const started = performance.now()
  const files = Array.from({ length: photos }, () => file!)
  for await (const { faces } of mapAhead(files, Number(ahead), align))
    if (faces.length === 0) throw new Error('no face')
  return (performance.now() - started) / 1000
}

async function align(path: string) {
  return alignPhoto(await readFile(path), detector, { faces: 'all' })
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
