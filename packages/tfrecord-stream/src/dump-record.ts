import { DataError } from '@tiny-face/safe-files'
import { type DataMap } from '@tiny-face/record-stream'
import { decodeExample } from './decode-example.js'
import type { Example } from './example.js'
import { type ExampleKeys, exampleFields, SEED_KEYS } from './example-record.js'
import { peekExample } from './peek-example.js'

/**
 * The data map of one record: `image` and `label` of its Example; with `all` also `example`, the bytes themselves, or
 * `payload` where they are no Example.
 *
 * @param id the record's running index
 * @param keys the features that hold image and label
 * @returns undefined where the record holds no image, unless all are asked for
 */
export function dumpRecord(
  data: Uint8Array,
  id: number,
  all = false,
  keys: ExampleKeys = SEED_KEYS,
): DataMap | undefined {
  const face = peekExample(data, keys)
  if (face !== undefined) {
    const { label, image } = face
    return all ? { id, label, image, example: data } : { id, label, image }
  }
  const example = exampleOrUndefined(data)
  if (example === undefined) return all ? { id, payload: data } : undefined
  const fields = exampleFields(example, keys)
  if (all) return { id, ...fields, example: data }
  return fields.image === undefined ? undefined : { id, ...fields }
}

/** The Example that the bytes are, if they are one. */
export function exampleOrUndefined(data: Uint8Array): Example | undefined {
  try {
    return decodeExample(data)
  } catch (error) {
    if (error instanceof DataError) return undefined
    throw error
  }
}
