import type { Begin, DataMap } from '@tiny-face/record-stream'
import { DataError, type RecordId } from '@tiny-face/safe-files'
import type { PairDistance } from '../roc/accept-counts.js'
import { type MeasuredRecord, measureRecord } from './measure-record.js'
import { squaredDistance } from './squared-distance.js'

/** A pair of a verification set, measured. */
export interface MeasuredPair extends PairDistance {
  /** The pair's place in its set. */
  index: number
  /** Lengths of the raw embeddings of side 0, its mirror image where there is one, side 1, and its mirror image. */
  norms: number[]
}

/** A record of a pair, apart from its embedding. */
export interface Face {
  id: RecordId | undefined
  /** An encoded JPEG or PNG, a copy. */
  image: Uint8Array | undefined
}

export interface MeasureOptions {
  /** Keep the images of a pair until it is complete. */
  images?: boolean
  /** Called with each pair as it is completed, side 0 first. */
  onPair?: (pair: MeasuredPair, faces: readonly [Face, Face]) => void
  /** What the records come from, for messages. */
  source?: string | undefined
}

/** A side, until the other one comes. */
interface WaitingSide extends MeasuredRecord, Face {
  record: number
}

/**
 * How many bytes of images may wait for the other sides of their pairs. Sides mostly come together and wait hardly at all;
 * in a stream of all left sides and then all right ones, the images beyond this are forgotten, though not their pairs.
 */
export const MAX_WAITING_IMAGE_BYTES = 1 << 28

/**
 * Measures the pairs of a stream, in whatever order their sides come, and returns them in the order of their index.
 *
 * @param records data maps with `pair`, `embedding` and maybe `flipped` (float32 `[size]`)
 * @throws DataError as PairMeasurer
 */
export function measurePairs(
  records: Iterable<DataMap> & { readonly begin?: Begin },
  options: Omit<MeasureOptions, 'source'> = {},
): MeasuredPair[] {
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
  readonly #waiting = new Map<number, WaitingSide>()
  readonly #pairs = new Map<number, MeasuredPair>()
  #record = 0
  #example: MeasuredRecord | undefined
  #waitingBytes = 0

  constructor(options: MeasureOptions = {}) {
    this.#options = options
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
  finish(): MeasuredPair[] {
    const [lonely] = this.#waiting.values()
    if (lonely !== undefined) throw this.#located(missingSide(lonely, this.#waiting.size))
    return [...this.#pairs.values()].sort((a, b) => a.index - b.index)
  }

  #measure(record: DataMap): void {
    const measured = measureRecord(record)
    this.#example ??= measured
    mustMatch(measured, this.#example)
    const { index, side, same } = measured
    if (this.#pairs.has(index)) throw new DataError({ message: `pair ${index} was complete before this record` })
    const { id } = record
    const image = this.#options.images ? imageOf(record) : undefined
    const other = this.#waiting.get(index)
    if (other === undefined) {
      const kept =
        image !== undefined && this.#waitingBytes + image.length <= MAX_WAITING_IMAGE_BYTES
          ? new Uint8Array(image)
          : undefined
      this.#waitingBytes += kept?.length ?? 0
      this.#waiting.set(index, { ...measured, id, image: kept, record: this.#record })
      return
    }
    mustComplete(measured, other)
    this.#waiting.delete(index)
    this.#waitingBytes -= other.image?.length ?? 0
    const here = { ...measured, id, image: image && new Uint8Array(image) }
    const [left, right] = side === 0 ? [here, other] : [other, here]
    const distance = squaredDistance(left.template, right.template)
    const pair = { index, same, distance, norms: [...left.norms, ...right.norms] }
    this.#pairs.set(index, pair)
    this.#options.onPair?.(pair, [left, right])
  }

  #located(error: unknown, record?: number, id?: RecordId): unknown {
    if (!(error instanceof DataError) || error.file !== undefined) return error
    return new DataError({ record, id, ...error.fault, file: this.#options.source })
  }
}

function mustMatch({ template, norms }: MeasuredRecord, example: MeasuredRecord): void {
  if (template.length !== example.template.length) {
    throw new DataError({
      expected: `an embedding of ${example.template.length} numbers, as before`,
      found: `${template.length}`,
    })
  }
  if (norms.length !== example.norms.length) {
    const say = (flipped: boolean) => (flipped ? 'with flipped' : 'without flipped')
    throw new DataError({
      expected: `an embedding ${say(example.norms.length > 1)}, as before`,
      found: `one ${say(norms.length > 1)}`,
    })
  }
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
