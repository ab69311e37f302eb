import { type Matrix, openProduct } from './product.js'

/** Templates, one a row: `[length, size]`. */
export interface TemplateRows {
  readonly length: number
  readonly size: number
  readonly templates: Float64Array
}

/** Similarities of the rows from `firstRow` with those from `firstColumn`. */
export interface SimilarityBlock {
  readonly firstRow: number
  readonly rows: number
  readonly firstColumn: number
  readonly columns: number
  /** Cosines in single precision, `[rows, columns]`: off by up to some 1e-6. Valid until the next block is asked for. */
  readonly values: Float32Array
}

/** Rows in a block: a megabyte of cosines, and enough work that nothing but the product is felt. */
export const BLOCK_ROWS = 1024

/**
 * How alike all templates of one set are to all of another, block by block, so that no more than a block lies in memory.
 *
 * @param aboveDiagonal leaves out blocks that lie wholly below the diagonal: of a set with itself, every pair then comes once
 *   above the diagonal, and again below it only within the blocks that the diagonal crosses
 */
export async function* similarityBlocks(
  left: TemplateRows,
  right: TemplateRows,
  { aboveDiagonal = false } = {},
): AsyncGenerator<SimilarityBlock, void, undefined> {
  const product = await openProduct()
  try {
    const results = new Map<number, Float32Array>()
    for (let firstRow = 0; firstRow < left.length; firstRow += BLOCK_ROWS) {
      const a = rowsOf(left, firstRow)
      for (let firstColumn = aboveDiagonal ? firstRow : 0; firstColumn < right.length; firstColumn += BLOCK_ROWS) {
        const b = rowsOf(right, firstColumn)
        const length = a.rows * b.rows
        const values = results.get(length) ?? new Float32Array(length)
        results.set(length, values)
        await product.multiply(a, b, values)
        yield { firstRow, rows: a.rows, firstColumn, columns: b.rows, values }
      }
    }
  } finally {
    await product.close()
  }
}

/** How many blocks `similarityBlocks` gives. */
export function blockCount(left: number, right: number, { aboveDiagonal = false } = {}): number {
  const [rows, columns] = [Math.ceil(left / BLOCK_ROWS), Math.ceil(right / BLOCK_ROWS)]
  return aboveDiagonal ? (rows * (rows + 1)) / 2 : rows * columns
}

function rowsOf({ length, size, templates }: TemplateRows, first: number): Matrix {
  const rows = Math.min(BLOCK_ROWS, length - first)
  return { rows, size, data: new Float32Array(templates.subarray(first * size, (first + rows) * size)) }
}
