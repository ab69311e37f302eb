import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { decodeExample } from './decode-example.js'
import { type ExampleKeys, exampleFields } from './example-record.js'
import { peekExample } from './peek-example.js'

/** What the manifest says of all records. */
export interface Totals {
  count: number
  images: number
  /** The larger of what the stream announced and what its labels need. */
  classes?: number | undefined
}

export class Tally {
  readonly #keys: ExampleKeys
  count = 0
  images = 0
  classes: number | undefined

  constructor({ classes }: BeginFields, keys: ExampleKeys) {
    this.classes = classes
    this.#keys = keys
  }

  get totals(): Totals {
    return { count: this.count, images: this.images, classes: this.classes }
  }

  add({ image, label, example }: DataMap): void {
    this.count++
    if (example === undefined) this.#face(image, label)
    else {
      const held = peekExample(example, this.#keys) ?? exampleFields(decodeExample(example), this.#keys)
      this.#face(image ?? held.image, label ?? held.label)
    }
  }

  #face(image: DataMap['image'], label: DataMap['label']): void {
    if (image === undefined || image.byteLength === 0) return
    this.images++
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0) {
      this.classes = Math.max(this.classes ?? 0, label + 1)
    }
  }
}
