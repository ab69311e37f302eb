import { type Matrix, openProduct, productError } from '@tiny-face/verifier'
import type { Gallery } from '../gallery.js'
import { ClosestPeople, type FoundPerson } from './closest-people.js'

/** Faces that are searched for at a time: their similarities with a slab are 16 MB for embeddings of 512 numbers. */
export const QUERY_ROWS = 256

/**
 * The people of a gallery who are most alike to each of some faces, exactly: one and all are compared.
 *
 * Similarities come in single precision, slab by slab, and no more than a slab's are ever there. Wherever their error could decide, the
 * similarity is computed again in double.
 *
 * @param queries templates `[size]`
 * @param onBlock called after each of `searchBlocks` blocks
 * @returns for each query at most `top` people, the most alike first
 */
export async function closestInGallery(
  gallery: Gallery,
  queries: readonly Float64Array[],
  top: number,
  onBlock?: () => void,
): Promise<FoundPerson[][]> {
  const closest = queries.map(() => new ClosestPeople(top))
  const blocks = queryBlocks(queries, gallery.size)
  const largest = Math.max(0, ...gallery.slabs.map(slab => slab.length / gallery.size))
  const products = new Float32Array(largest * Math.min(QUERY_ROWS, queries.length))
  const product = await openProduct()
  try {
    let first = 0
    for (const slab of gallery.slabs) {
      const rows = slab.length / gallery.size
      for (const [i, block] of blocks.entries()) {
        const values = products.subarray(0, rows * block.rows)
        await product.multiply(block, { rows, size: gallery.size, data: slab }, values)
        for (let row = 0; row < block.rows; row++) {
          const query = i * QUERY_ROWS + row
          offerRow(gallery, { slab, first, rows }, queries[query]!, values.subarray(row * rows), closest[query]!)
        }
        onBlock?.()
      }
      first += rows
    }
  } finally {
    await product.close()
  }
  return closest.map(({ found }) => found)
}

/** How many blocks a search goes through. */
export function searchBlocks(gallery: Gallery, queries: number): number {
  return gallery.slabs.length * Math.ceil(queries / QUERY_ROWS)
}

/** The cosine similarity of a template with a face of the gallery that begins at `at`, in double precision. */
export function similarityTo(query: Float64Array, slab: Float32Array, at: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = query.length - (query.length % 4)
  for (let i = 0; i < whole; i += 4) {
    a += query[i]! * slab[at + i]!
    b += query[i + 1]! * slab[at + i + 1]!
    c += query[i + 2]! * slab[at + i + 2]!
    d += query[i + 3]! * slab[at + i + 3]!
  }
  for (let i = whole; i < query.length; i++) a += query[i]! * slab[at + i]!
  return a + b + (c + d)
}

/** Faces that lie one behind the other. */
interface Rows {
  slab: Float32Array
  /** The place of the first in the gallery. */
  first: number
  rows: number
}

/** @param similarities of the query with each row, in single precision */
function offerRow(
  { size, people }: Gallery,
  { slab, first, rows }: Rows,
  query: Float64Array,
  similarities: Float32Array,
  closest: ClosestPeople,
): void {
  const error = productError(size)
  let floor = closest.floor - error
  for (let row = 0; row < rows; row++) {
    if (similarities[row]! < floor) continue
    closest.offer(first + row, people[first + row]!, similarityTo(query, slab, row * size))
    floor = closest.floor - error
  }
}

function queryBlocks(queries: readonly Float64Array[], size: number): Matrix[] {
  const blocks: Matrix[] = []
  for (let first = 0; first < queries.length; first += QUERY_ROWS) {
    const rows = Math.min(QUERY_ROWS, queries.length - first)
    const data = new Float32Array(rows * size)
    for (let row = 0; row < rows; row++) data.set(queries[first + row]!, row * size)
    blocks.push({ rows, size, data })
  }
  return blocks
}
