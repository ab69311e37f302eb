import { DataError } from '@tiny-face/safe-files'
import { sortedOrder } from '../sorted-order.js'

/** Pairs of faces and how far apart their templates are, in columns: what every figure is computed from. */
export interface PairDistances {
  readonly length: number
  /** By the squared Euclidean distance of templates 0 to 4. */
  readonly distances: Float64Array
  /** 1 where both faces are of one person, else 0. */
  readonly same: Uint8Array
}

/**
 * The pairs of a verification set, measured, in the order of their set. Columns and no objects, so that ten million take 90 MB
 * and not 5 GB: everything of pair `i` lies at place `i`.
 */
export interface MeasuredPairs extends PairDistances {
  /** Each pair's index in its set; undefined where that is its place. */
  readonly indices: Float64Array | undefined
  /** Who is on either side, where every record has a label. */
  readonly people: SideValues | undefined
  /** The value that either side has of the field that was asked for. */
  readonly groups: SideValues | undefined
  /** Whether embeddings of mirror images were added. */
  readonly flip: boolean
  /** Mean length of the raw embeddings, those of mirror images included. */
  readonly meanNorm: number
}

/** What the two sides of each pair have of a field: places in a list of the values that occur. */
export interface SideValues {
  readonly names: readonly string[]
  readonly left: Uint32Array
  readonly right: Uint32Array
}

/** One pair, measured. */
export interface MeasuredPair {
  /** The pair's index in its set. */
  index: number
  same: boolean
  distance: number
}

/** The index that a pair has in its set. */
export function indexOfPair({ indices }: Pick<MeasuredPairs, 'indices'>, place: number): number {
  return indices === undefined ? place : indices[place]!
}

/** The most pairs that are measured at once: places are whole numbers of 32 bits. */
export const MAX_PAIRS = 2 ** 31

type Column = Float64Array | Uint32Array | Uint8Array

/** What one field says of the two sides of a pair. */
export interface PairSides {
  left: SideValue
  right: SideValue
}
export type SideValue = string | number | bigint | boolean

/** Grows the columns of `MeasuredPairs` pair by pair, in whatever order they come. */
export class PairColumns {
  #length = 0
  #distances = new Float64Array(1024)
  #same = new Uint8Array(1024)
  /** Undefined for as long as pairs come as 0, 1, 2, … */
  #indices: Float64Array | undefined
  readonly #people = new SideColumns()
  readonly #groups = new SideColumns()

  get length(): number {
    return this.#length
  }

  /** @param people, groups of both sides; a column stays undefined where a pair came without */
  add({ index, same, distance }: MeasuredPair, people?: PairSides, groups?: PairSides): void {
    const place = this.#length
    if (place === MAX_PAIRS) throw new DataError({ expected: `at most ${MAX_PAIRS} pairs`, found: 'more' })
    this.#distances = grown(this.#distances, place)
    this.#same = grown(this.#same, place)
    this.#distances[place] = distance
    this.#same[place] = same ? 1 : 0
    if (index !== place) this.#indices ??= Float64Array.from({ length: this.#distances.length }, (_, i) => i)
    if (this.#indices !== undefined) {
      this.#indices = grown(this.#indices, place)
      this.#indices[place] = index + 0 // never -0, which sorts by its bits
    }
    this.#people.add(place, people)
    this.#groups.add(place, groups)
    this.#length++
  }

  /** @param flip, meanNorm as `MeasuredPairs` has them */
  finish({ flip, meanNorm }: Pick<MeasuredPairs, 'flip' | 'meanNorm'>): MeasuredPairs {
    const length = this.#length
    const indices = this.#indices?.subarray(0, length)
    const order = indices === undefined || isSorted(indices) ? undefined : sortedOrder(indices)
    const column = <T extends Column>(values: T) => ordered(values.subarray(0, length) as T, order)
    return {
      length,
      distances: column(this.#distances),
      same: column(this.#same),
      indices: indices && column(indices),
      people: this.#people.finish(column),
      groups: this.#groups.finish(column),
      flip,
      meanNorm,
    }
  }
}

/** The values of one field on both sides of every pair. */
class SideColumns {
  readonly #places = new Map<SideValue, number>()
  #left: Uint32Array | undefined
  #right: Uint32Array | undefined

  add(pair: number, sides: PairSides | undefined): void {
    if (pair === 0 && sides !== undefined) {
      this.#left = new Uint32Array(1024)
      this.#right = new Uint32Array(1024)
    }
    if (this.#left === undefined || this.#right === undefined) return
    if (sides === undefined) {
      this.#left = this.#right = undefined
      return
    }
    this.#left = grown(this.#left, pair)
    this.#right = grown(this.#right, pair)
    this.#left[pair] = this.#placeOf(sides.left)
    this.#right[pair] = this.#placeOf(sides.right)
  }

  finish(column: (values: Uint32Array) => Uint32Array): SideValues | undefined {
    if (this.#left === undefined || this.#right === undefined) return undefined
    return { names: Array.from(this.#places.keys(), String), left: column(this.#left), right: column(this.#right) }
  }

  #placeOf(value: SideValue): number {
    const known = this.#places.get(value)
    if (known !== undefined) return known
    this.#places.set(value, this.#places.size)
    return this.#places.size - 1
  }
}

/** A column with room at `place`: itself, or one twice as long. */
function grown<T extends Column>(column: T, place: number): T {
  if (place < column.length) return column
  const longer = new (column.constructor as new (length: number) => T)(2 * column.length)
  longer.set(column as never)
  return longer
}

function ordered<T extends Column>(column: T, order: Uint32Array | undefined): T {
  return order === undefined ? column : (column.map((_, i) => column[order[i]!]!) as T)
}

function isSorted(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i - 1]! > values[i]!) return false
  return true
}
