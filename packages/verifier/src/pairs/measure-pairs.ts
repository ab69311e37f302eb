import { type Begin, type DataMap, personOf } from '@tiny-face/record-stream'
import { DataError, placed, type RecordId } from '@tiny-face/safe-files'
import { type FaceKind, kindOf, mustBeOfKind } from './face-kind.js'
import { faceTemplate } from './face-template.js'
import { IndexSet } from './index-set.js'
import { describe, type MeasuredRecord, measureRecord, type TemplateOf } from './measure-record.js'
import { type MeasuredPair, type MeasuredPairs, PairColumns, type PairSides, type SideValue } from './measured-pairs.js'
import { squaredDistance } from './squared-distance.js'
import { type WaitingSide, WaitingSides } from './waiting-sides.js'

/** A record of a pair, apart from its embedding. */
export interface Face {
  id: RecordId | undefined
  /** An encoded JPEG or PNG, a copy. */
  image: Uint8Array | undefined
}

/** A side of a pair whose other side came too. */
export interface Side extends Face {
  template: Float64Array
}

/** How two faces are compared; by default as insightface does. */
export interface FaceComparison {
  templateOf: TemplateOf
  /** How far apart two templates of one size are: at least 0. */
  distanceOf: (a: Float64Array, b: Float64Array) => number
}

export interface MeasureOptions {
  comparison?: FaceComparison
  /** Keep the images of a pair until it is complete. */
  images?: boolean
  /** Called with each pair as it is completed, side 0 first. */
  onPair?: (pair: MeasuredPair, sides: readonly [Side, Side]) => void
  /** The field of records whose values the pairs are to be grouped by. */
  groupBy?: string | undefined
  /** What the records come from, for messages. */
  source?: string | undefined
}

/**
 * Measures the pairs of a stream, in whatever order their sides come, and returns them in the order of their index.
 *
 * @param records data maps with `pair`, `embedding` and maybe `flipped` (float32 `[size]`)
 * @throws DataError as PairMeasurer
 */
export function measurePairs(
  records: Iterable<DataMap> & { readonly begin?: Begin },
  options: Omit<MeasureOptions, 'source'> = {},
): MeasuredPairs {
  const measurer = new PairMeasurer({ ...options, source: records.begin?.source })
  for (const record of records) measurer.add(record)
  return measurer.finish()
}

/**
 * The same record by record. An embedding is let go as soon as its pair is complete.
 *
 * @throws DataError that names the source, the record and its id: where a record is not fit to be measured (see `measureRecord`), does
 *   not match the others or has a place that is taken, and where a pair lacks a side
 */
export class PairMeasurer {
  readonly #options: MeasureOptions
  readonly #comparison: FaceComparison
  readonly #waiting = new WaitingSides()
  readonly #complete = new IndexSet()
  readonly #pairs = new PairColumns()
  readonly #norms = new RunningMean()
  #record = 0
  #kind: FaceKind | undefined

  constructor(options: MeasureOptions = {}) {
    this.#options = options
    this.#comparison = options.comparison ?? { templateOf: faceTemplate, distanceOf: squaredDistance }
  }

  /** @param record what is kept of it is copied */
  add(record: DataMap): void {
    try {
      this.#measure(record)
    } catch (error) {
      throw this.#located(error, this.#record, record.id)
    }
    this.#record++
  }

  /** The pairs in the order of their index. */
  finish(): MeasuredPairs {
    const { first, size } = this.#waiting
    if (first !== undefined) throw this.#located(missingSide(first, size))
    return this.#pairs.finish({ flip: this.#kind?.flip ?? false, meanNorm: this.#norms.mean })
  }

  #measure(record: DataMap): void {
    const { images, groupBy, onPair } = this.#options
    const measured = measureRecord(record, this.#comparison.templateOf)
    this.#kind ??= kindOf(measured)
    mustBeOfKind(kindOf(measured), this.#kind)
    const { index, side, same, template } = measured
    if (this.#complete.has(index)) throw new DataError({ message: `pair ${index} was complete before this record` })
    const { id } = record
    const person = personOf(record.label)
    const group = groupBy === undefined ? undefined : groupOf(record, groupBy)
    const image = images ? imageOf(record) : undefined
    const other = this.#waiting.take(index)
    if (other === undefined) {
      const { norm, flippedNorm } = measured
      const record = this.#record
      this.#waiting.add({ index, side, same, template, norm, flippedNorm, person, group, id, image, record })
      return
    }
    mustComplete(measured, other)
    this.#norms.add(other)
    this.#norms.add(measured)
    const here = { template, person, group, id, image: image && new Uint8Array(image) }
    const [left, right] = side === 0 ? [here, other] : [other, here]
    const distance = this.#comparison.distanceOf(left.template, right.template)
    const pair = { index, same, distance }
    this.#complete.add(index)
    this.#pairs.add(pair, sidesOf(left.person, right.person), sidesOf(left.group, right.group))
    onPair?.(pair, [left, right])
  }

  #located(error: unknown, record?: number, id?: RecordId): unknown {
    return placed(error, { file: this.#options.source, record, id })
  }
}

/** The mean of the lengths of embeddings, with what each addition rounds off added in the end (Neumaier, 1974). */
class RunningMean {
  #sum = 0
  #lost = 0
  #count = 0

  add({ norm, flippedNorm }: Pick<MeasuredRecord, 'norm' | 'flippedNorm'>): void {
    this.#add(norm)
    if (flippedNorm !== undefined) this.#add(flippedNorm)
  }

  get mean(): number {
    return (this.#sum + this.#lost) / this.#count
  }

  #add(value: number): void {
    const sum = this.#sum + value
    this.#lost += this.#sum >= value ? this.#sum - sum + value : value - sum + this.#sum
    this.#sum = sum
    this.#count++
  }
}

function sidesOf(left: SideValue | undefined, right: SideValue | undefined): PairSides | undefined {
  return left === undefined || right === undefined ? undefined : { left, right }
}

/** The value of a field that pairs are grouped by, as text: 1 and "1" name one group. */
function groupOf(record: DataMap, field: string): string {
  const value = record[field]
  if (value === undefined) throw new DataError({ message: `no ${field}, which pairs are to be grouped by` })
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  throw new DataError({ expected: `${field} to be a text, a number or true or false`, found: describe(value) })
}

function mustComplete({ index, side, same }: MeasuredRecord, other: WaitingSide): void {
  if (side === other.side) {
    throw new DataError({ message: `pair ${index} has side ${side} twice, first in record ${other.record}` })
  }
  if (same !== other.same) {
    throw new DataError({
      expected: `pair ${index} to have same ${other.same}, as its other side in record ${other.record} says`,
      found: `${same}`,
    })
  }
}

function missingSide({ index, side, record, id }: WaitingSide, count: number): DataError {
  const more = count > 1 ? `, and ${count - 1} more pairs lack a side` : ''
  return new DataError({ record, id, message: `pair ${index} has side ${side} but no side ${1 - side}${more}` })
}

function imageOf(record: DataMap): Uint8Array | undefined {
  return record.image instanceof Uint8Array ? record.image : undefined
}
