import type { Gallery } from './gallery.js'

/** Templates of some faces, in ascending order of their places. */
export function templatesAt({ slabs, size }: Gallery, faces: readonly number[]): Float64Array[] {
  let slab = 0
  let before = 0
  return faces.map(face => {
    while ((face - before) * size >= slabs[slab]!.length) before += slabs[slab++]!.length / size
    const at = (face - before) * size
    return Float64Array.from(slabs[slab]!.subarray(at, at + size))
  })
}
