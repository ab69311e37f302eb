import { xoroshiro } from '@tiny-face/seeded-random'
import { emptyGallery, enrol, type Gallery, type NewFace } from '../src/index.js'

export const MODEL = { name: 'a.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }

/** Vectors of random directions. */
export function directions(count: number, size: number, seed = 1): Float32Array[] {
  const random = xoroshiro(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, normal))
}

/** Faces of people who each look like a direction of their own, `noise` away from it. */
export function facesOf(people: number, each: number, { size = 16, noise = 0.3, seed = 1 } = {}): NewFace[] {
  const centres = directions(people, size, seed)
  const noises = directions(people * each, size, seed + 1)
  return noises.map((away, i) => ({
    person: `person ${i % people}`,
    id: `photo ${i}`,
    embedding: centres[i % people]!.map((value, k) => value + noise * away[k]!),
  }))
}

export function galleryOf(faces: readonly NewFace[], now = Date.UTC(2026, 10, 27)): Gallery {
  const { embedding, flipped } = faces[0]!
  const size = embedding instanceof Float32Array ? embedding.length : embedding.shape[0]!
  return enrol(emptyGallery({ size, flip: flipped !== undefined, model: MODEL }), faces, now)
}

/** All templates, one behind the other. */
export function templatesOf({ slabs }: Gallery): number[] {
  return slabs.flatMap(slab => [...slab])
}
