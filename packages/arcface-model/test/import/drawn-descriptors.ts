/* What face-api's own code makes of faces that were drawn: fixtures/face-api-descriptors.json, by tools/peers/check-face-api --record. */
import { readFileSync } from 'node:fs'
import { drawFace } from '@tiny-face/drawn-faces'

/** How many faces. */
export const DRAWN = 6

/** RGB, `[150, 150, 3]`. */
export async function drawnFace(index: number): Promise<Uint8Array> {
  return (await drawFace({ identity: index, view: 1, size: 150, seed: 1 })).pixels
}

/** `[DRAWN, 128]`, a vector for each face. */
export function drawnDescriptors(): Float32Array[] {
  const file = new URL('../fixtures/face-api-descriptors.json', import.meta.url)
  const bytes = Uint8Array.from(Buffer.from(JSON.parse(readFileSync(file, 'utf8')).descriptors, 'base64'))
  const values = new Float32Array(bytes.buffer)
  const size = values.length / DRAWN
  return Array.from({ length: DRAWN }, (_, i) => values.subarray(i * size, (i + 1) * size))
}
