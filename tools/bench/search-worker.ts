// Ours of the rows of search, timed in turns (turns.ts): the most alike person of each query.
//   search-worker.ts FILE FACES SIZE QUERIES      FILE: as tools/peers/search-numpy.py has it
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { closestInGallery, type Gallery } from '@tiny-face/face-gallery'
import { readChunk } from '@tiny-face/safe-files'
import type { Ready } from './turns.js'

const WARM_UP = 3
/** As readGallery cuts templates: 32 MiB. */
const SLAB_BYTES = 2 ** 25

const [file, ...counts] = process.argv.slice(2)
const [faces, size, queries] = counts.map(Number) as [number, number, number]
const fd = openSync(file!, 'r')
const slabs: Float32Array[] = []
const slabFaces = Math.floor(SLAB_BYTES / (4 * size))
for (let face = 0; face < faces; face += slabFaces) slabs.push(read(Math.min(slabFaces, faces - face)))
const wanted = Array.from({ length: queries }, () => Float64Array.from(read(1)))
closeSync(fd)
const gallery: Gallery = {
  size,
  flip: false,
  length: faces,
  names: [],
  people: Uint32Array.from({ length: faces }, (_, face) => face),
  ids: [],
  enrolled: new Float64Array(0),
  slabs,
}

const times: number[] = []
for (let i = 0; i < WARM_UP; i++) times.push(await secondsOf(1))
say({ version: `Node ${process.versions.node}`, first: times[0]!, later: times.at(-1)! } satisfies Ready)
for await (const line of createInterface({ input: process.stdin })) say({ seconds: await secondsOf(Number(line)) })
process.exit()

async function secondsOf(steps: number): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < steps; i++) await closestInGallery(gallery, wanted, 1)
  return (performance.now() - started) / 1000
}

function read(rows: number): Float32Array {
  const values = new Float32Array(rows * size)
  const bytes = new Uint8Array(values.buffer)
  for (let at = 0; at < bytes.length; ) {
    const size = readChunk(fd, bytes, at)
    if (size === 0) throw new Error(`${file} is too short`)
    at += size
  }
  return values
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
