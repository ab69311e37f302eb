import { drawFace } from '@tiny-face/drawn-faces'
import { encodeJpeg } from '@tiny-face/image-stream'

/** How high a photo is, and how wide for each face in it. */
const SIDE = 320

/** A photo, as a JPEG, with the faces of some people beside each other. */
export async function drawnPhoto(identities: readonly number[], view: number): Promise<Uint8Array> {
  const width = SIDE * identities.length
  const pixels = new Uint8Array(SIDE * width * 3).fill(140)
  for (const [i, identity] of identities.entries()) {
    const face = await drawFace({ identity, view, size: 200, seed: 1 })
    for (let y = 0; y < face.height; y++) {
      const row = face.pixels.subarray(y * face.width * 3, (y + 1) * face.width * 3)
      pixels.set(row, ((y + 60) * width + i * SIDE + 60) * 3)
    }
  }
  return encodeJpeg({ pixels, width, height: SIDE }, 95)
}
