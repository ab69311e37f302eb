import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { decodeExample } from './decode-example.js'
import type { Example } from './example.js'
import { DEFAULT_KEYS, type ExampleKeys } from './example-keys.js'
import { exampleFields } from './example-record.js'
import { peekExample } from './peek-example.js'
import { fromRawPixels } from './raw-pixels.js'

/**
 * The data map of one record: `image` (of bare pixels a PNG) and `label` of its Example. With `all` also `example`, the bytes
 * themselves, or `payload` where they are no Example; the image is then as it is there.
 *
 * @param id the record's running index
 * @param keys the features that hold image and label
 * @returns undefined where the record holds no image, unless all are asked for
 * @throws DataError where the image is pixels, and not as many as the features beside it say
 */
export function dumpRecord(
  data: Uint8Array,
  id: number,
  all = false,
  keys: ExampleKeys = DEFAULT_KEYS,
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
  return fields.image === undefined ? undefined : { id, ...fields, image: fromRawPixels(fields.image, example) }
}

/** The image and label of a record that holds an image, as they are there. */
export function recordFace(data: Uint8Array, keys: ExampleKeys): Pick<DataMap, 'image' | 'label'> | undefined {
  const face = peekExample(data, keys)
  if (face !== undefined) return face
  const fields = exampleFields(exampleOrUndefined(data) ?? new Map(), keys)
  return fields.image === undefined ? undefined : fields
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
