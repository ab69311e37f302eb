import { encodePng } from '@tiny-face/image-stream'
import type { TrainingSet } from '../src/index.js'

/** Every pixel of every image differs from its neighbours left, right, above and below. */
export function pixelsOf(image: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 37 + image * 101 + (i >> 3)) % 251)
}

/** PNGs of `size` x `size`; a label tells which image it is. */
export async function drawnSet({ count, size }: { count: number; size: number }): Promise<TrainingSet> {
  const images = await Promise.all(
    Array.from({ length: count }, (_, image) =>
      encodePng({ pixels: pixelsOf(image, size), height: size, width: size }),
    ),
  )
  return {
    count,
    classes: count,
    source: 'drawn',
    fingerprint: 'drawn',
    several: 0,
    dump: 'drawn-dump',
    label: i => i,
    image: i => images[i]!,
    id: i => `id-${i}`,
    close() {},
  }
}

/** The set with other bytes in place of one image. */
export function withImage(set: TrainingSet, record: number, bytes: Uint8Array): TrainingSet {
  return { ...set, image: i => (i === record ? bytes : set.image(i)) }
}
