import { drawFace } from '@tiny-face/drawn-faces'
import type { Pixels } from '@tiny-face/image-stream'

interface DrawnScene {
  width: number
  height: number
  faces: { identity: number; left: number; top: number; size: number }[]
}

/** Drawn faces on grey; the detectors' peers have looked at the same pictures (tools/peers/make-detector-fixtures). */
const SCENES: DrawnScene[] = [
  { width: 333, height: 251, faces: [{ identity: 4, left: 90, top: 40, size: 180 }] },
  {
    width: 640,
    height: 480,
    faces: [
      { identity: 0, left: 20, top: 30, size: 160 },
      { identity: 1, left: 300, top: 10, size: 250 },
      { identity: 5, left: 80, top: 260, size: 110 },
      { identity: 4, left: 480, top: 330, size: 72 },
    ],
  },
  {
    width: 960,
    height: 480,
    faces: Array.from({ length: 50 }, (_, i) => ({
      identity: i,
      left: 96 * (i % 10),
      top: 96 * Math.floor(i / 10),
      size: 96,
    })),
  },
  { width: 300, height: 200, faces: [] },
]
const GREY = 128

/** RGB, each a function of nothing. */
export function drawnScenes(): Promise<Pixels[]> {
  return Promise.all(SCENES.map(drawScene))
}

async function drawScene({ width, height, faces }: DrawnScene): Promise<Pixels> {
  const pixels = new Uint8Array(width * height * 3).fill(GREY)
  for (const { identity, left, top, size } of faces) {
    const face = await drawFace({ identity, view: identity, size, seed: 1 })
    for (let y = 0; y < size; y++)
      pixels.set(face.pixels.subarray(y * size * 3, (y + 1) * size * 3), ((top + y) * width + left) * 3)
  }
  return { pixels, width, height }
}
