import { writeFileSync } from 'node:fs'
import { writeBin } from '@tiny-face/bin-stream'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodePng } from '@tiny-face/image-stream'
import type { DataMap } from '@tiny-face/record-stream'

/** Writes a verification set of drawn faces, every second pair of one person; `cut`: its last image is cut short. */
export async function drawnBin(
  file: string,
  { pairs = 10, size = 112, same = (pair: number) => pair % 2 === 0, cut = false } = {},
): Promise<void> {
  const records: DataMap[] = []
  for (let index = 0; index < pairs; index++) {
    for (const side of [0, 1] as const) {
      const face = { identity: same(index) ? index : 2 * index + side, view: side, size, seed: 1 }
      records.push({ image: await encodePng(await drawFace(face)), pair: { index, side, same: same(index) } })
    }
  }
  if (cut) records.at(-1)!.image = records.at(-1)!.image!.subarray(0, 500)
  const pieces: Uint8Array[] = []
  writeBin(records, piece => pieces.push(piece.slice()))
  writeFileSync(file, Buffer.concat(pieces))
}
