import { DataError } from '@tiny-face/safe-files'
import type { Index } from 'usearch'

/** What an index is made with. */
export interface IndexSettings {
  /** Numbers of a template. */
  readonly size: number
  /** Neighbours of a face in the graph: HNSW's M. */
  readonly connectivity: number
  /** Faces that are looked at when one is added: HNSW's efConstruction; and when one is searched for: ef. */
  readonly expansionAdd: number
  readonly expansionSearch: number
}

/**
 * An index of usearch that holds templates in half precision by their places, empty yet: HNSW graphs (Malkov and Yashunin, "Efficient and
 * robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs", 2016).
 *
 * @throws DataError where usearch is not installed, or not for this machine
 */
export async function emptyIndex({ size, connectivity, expansionAdd, expansionSearch }: IndexSettings): Promise<Index> {
  const usearch = await load()
  return new usearch.Index({
    dimensions: size,
    metric: usearch.MetricKind.IP,
    quantization: usearch.ScalarKind.F16,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: expansionSearch,
    multi: false,
  })
}

async function load(): Promise<typeof import('usearch')> {
  try {
    return await import('usearch')
  } catch (cause) {
    throw new DataError({ message: 'the index needs usearch, which is not installed or not for this machine', cause })
  }
}
