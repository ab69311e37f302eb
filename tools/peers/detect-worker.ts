// Ours for time-detectors, as turns.py says: a step is all pictures.
//   node --import=tsx tools/peers/detect-worker.ts DETECTOR PICTURE...
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openDetector } from '@tiny-face/face-aligner'
import { decodeImage } from '@tiny-face/image-stream'

const WARM_UP = 3
const [name, ...paths] = process.argv.slice(2)
const pictures = await Promise.all(paths.map(path => decodeImage(readFileSync(path))))
const detector = await openDetector(name!)

async function run(steps: number): Promise<number> {
  const started = performance.now()
  for (let step = 0; step < steps; step++) for (const picture of pictures) await detector.detect(picture)
  return (performance.now() - started) / 1000
}

const warmUp: number[] = []
for (let step = 0; step < WARM_UP; step++) warmUp.push(await run(1))
console.log(JSON.stringify({ version: `Node ${process.version}`, first: warmUp[0], later: warmUp.at(-1) }))
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ seconds: await run(Number(line)) }))
