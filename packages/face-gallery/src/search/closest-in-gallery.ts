import { MAXIMUM_COLUMNS, type Matrix, maximumColumns, openProduct, productError } from '@tiny-face/verifier'
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
  const queryRows = Math.min(QUERY_ROWS, queries.length)
  const products = new Float32Array(queryRows * largest)
  const maxima = new Float32Array(queryRows * maximumColumns(largest))
  const product = await openProduct()
  try {
    let first = 0
    for (const slab of gallery.slabs) {
      const rows = slab.length / gallery.size
      const parts = maximumColumns(rows)
      for (const [i, block] of blocks.entries()) {
        const found = {
          products: products.subarray(0, block.rows * rows),
          maxima: maxima.subarray(0, block.rows * parts),
        }
        await product.multiply(block, { rows, size: gallery.size, data: slab }, found.products, found.maxima)
        for (let row = 0; row < block.rows; row++) {
          const query = i * QUERY_ROWS + row
          const similarities = {
            products: found.products.subarray(row * rows, (row + 1) * rows),
            maxima: found.maxima.subarray(row * parts, (row + 1) * parts),
          }
          offerRows(gallery, { slab, first }, queries[query]!, similarities, closest[query]!)
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
}

/** Similarities of one query with each row in single precision, and the largest of every MAXIMUM_COLUMNS of them. */
interface Similarities {
  products: Float32Array
  maxima: Float32Array
}

function offerRows(
  { size, people }: Gallery,
  { slab, first }: Rows,
  query: Float64Array,
  { products, maxima }: Similarities,
  closest: ClosestPeople,
): void {
  const error = productError(size)
  let floor = closest.floor - error
  for (let part = 0; part < maxima.length; part++) {
    if (maxima[part]! < floor) continue
    const end = Math.min(products.length, (part + 1) * MAXIMUM_COLUMNS)
    for (let row = part * MAXIMUM_COLUMNS; row < end; row++) {
      if (products[row]! < floor) continue
      closest.offer(first + row, people[first + row]!, similarityTo(query, slab, row * size))
      floor = closest.floor - error
    }
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
