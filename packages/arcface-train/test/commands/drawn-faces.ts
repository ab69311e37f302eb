import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import { type DataMap, encodeRecords } from '@tiny-face/record-stream'

/**
 * A record stream of faces that the project draws: views `from` to `to` of each of so many people, square, `size` pixels; half of the
 * record `damaged` is missing.
 */
export async function drawnFaces({ people = 2, from = 0, to = 4, size = 112, damaged = -1 } = {}): Promise<Buffer> {
  const records: DataMap[] = []
  for (let identity = 0; identity < people; identity++) {
    for (let view = from; view < to; view++) {
      const image = await encodePng(await drawFace({ identity, view, size, seed: 1 }))
      const bytes = records.length === damaged ? image.subarray(0, image.length / 2) : image
      records.push({ id: records.length, label: identity, image: bytes })
    }
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, { classes: people })) chunks.push(chunk)
  return Buffer.concat(chunks)
}
