import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import type { DataMap } from '@tiny-face/record-stream'

/** A drawn face as PNG: a picture of one of as many people as are wanted. */
export async function facePng(identity: number, view: number, size = 112): Promise<Uint8Array> {
  return encodePng(await drawFace({ identity, view, size, seed: 3 }))
}

/** A dataset with nothing wrong: `id` counts from 0, `label` is the person. */
export async function faceRecords(people: number, views: number): Promise<(DataMap & { image: Uint8Array })[]> {
  const faces = Array.from({ length: people * views }, (_, i) => ({
    id: i,
    label: Math.floor(i / views),
    view: i % views,
  }))
  return Promise.all(faces.map(async ({ id, label, view }) => ({ id, label, image: await facePng(label, view) })))
}
