import type { Face } from './measure-pairs.js'
import type { MeasuredRecord } from './measure-record.js'
import type { SideValue } from './measured-pairs.js'

/** A side of a pair, until the other one comes. */
export interface WaitingSide extends MeasuredRecord, Face {
  /** Its place in the stream. */
  record: number
  person: number | undefined
  group: SideValue | undefined
}

/**
 * How many bytes of images may wait for the other sides of their pairs. Sides mostly come together and wait hardly at all;
 * in a stream of all left sides and then all right ones, the images beyond this are forgotten, though not their pairs.
 */
export const MAX_WAITING_IMAGE_BYTES = 1 << 28

/** The sides that came without their other one. */
export class WaitingSides {
  /** The last that came: most are taken by the very next record, and a Map that changes with every record is slow. */
  #last: WaitingSide | undefined
  readonly #earlier = new Map<number, WaitingSide>()
  #imageBytes = 0

  get size(): number {
    return this.#earlier.size + (this.#last === undefined ? 0 : 1)
  }

  /** Of those that wait, the one that came first. */
  get first(): WaitingSide | undefined {
    const [first] = this.#earlier.values()
    return first ?? this.#last
  }

  /** @param side its image is replaced by a copy, or forgotten where too many wait */
  add(side: WaitingSide): void {
    const { image } = side
    const kept = image !== undefined && this.#imageBytes + image.length <= MAX_WAITING_IMAGE_BYTES
    side.image = kept ? new Uint8Array(image) : undefined
    this.#imageBytes += side.image?.length ?? 0
    if (this.#last !== undefined) this.#earlier.set(this.#last.index, this.#last)
    this.#last = side
  }

  /** The side of this pair that waited, and waits no more. */
  take(index: number): WaitingSide | undefined {
    let side = this.#last
    if (side?.index === index) this.#last = undefined
    else {
      side = this.#earlier.get(index)
      this.#earlier.delete(index)
    }
    this.#imageBytes -= side?.image?.length ?? 0
    return side
  }
}
