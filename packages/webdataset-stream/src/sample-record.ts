/**
 * Between samples and data maps:
 *
 *     key         id: a number, where the key is one
 *     jpg, png    image
 *     cls         label, a whole number
 *     json        all other fields; and an id that is text, a label that is none of cls's
 *
 * JSON of other programs need not be fields of a record (an array, or `label` for a name): it is then the field `json`, whole.
 */
import { fromJson, parseObject, recordFields, toJson } from '@tiny-face/json-stream'
import type { DataMap, Label } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { requireImage } from '@tiny-face/shard-writer'
import { ATTRIBUTES, IMAGES, LABEL, type Sample } from './group-by-key.js'

const WHOLE = /^\s*([+-]?\d{1,19})\s*$/
/** Digits of a key that is a number: as many as a number holds exactly. */
const NUMBER = /^\d{1,15}$/

/**
 * The data map of a sample, so far as it has one.
 *
 * @throws DataError where its JSON is none
 */
export function sampleRecord({ key, file, offset, files }: Sample): DataMap {
  const record: DataMap = { id: NUMBER.test(key) ? Number(key) : key }
  const label = labelOf(files.get(LABEL))
  if (label !== undefined) record.label = label
  const image = files.get(IMAGES.find(extension => files.get(extension) !== undefined)!)
  if (image !== undefined) record.image = image
  const json = files.get(ATTRIBUTES)
  if (json === undefined) return record
  try {
    return { ...record, ...attributesOf(json, record) }
  } catch (error) {
    const { expected, found, message } =
      error instanceof DataError ? error.fault : { expected: 'JSON', found: (error as Error).message }
    throw new DataError({ file, offset, id: key, message: message ?? `.${ATTRIBUTES}`, expected, found, cause: error })
  }
}

/** The fields that the JSON gives a record; all of it as one where they are not the record's, or say otherwise than its files. */
function attributesOf(bytes: Buffer, { label, image }: DataMap): DataMap {
  const text = bytes.toString('utf8')
  const value = text.trimStart().startsWith('{') ? parseObject(text) : JSON.parse(text)
  const fields = fieldsOf(value)
  const contradicts = (label !== undefined && ![undefined, label].includes(fields?.label)) || (image && fields?.image)
  return fields === undefined || contradicts ? { json: fromJson(value, 2) } : fields
}

function fieldsOf(value: unknown): DataMap | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  try {
    return recordFields(value)
  } catch (error) {
    if (error instanceof DataError) return undefined
    throw error
  }
}

function labelOf(bytes: Buffer | undefined): Label | undefined {
  const digits = bytes === undefined ? undefined : WHOLE.exec(bytes.toString('latin1'))?.[1]
  if (digits === undefined) return undefined
  const label = BigInt(digits)
  return Number.isSafeInteger(Number(label)) ? Number(label) : label
}

/** A file of a sample that is to be written: what stands behind the key's point, and its bytes. */
export type SampleFile = readonly [extension: string, bytes: Uint8Array]

/**
 * The files of a record's sample, in the order of their extensions, as the Python package writes them.
 *
 * @throws DataError where it has no image that is a JPEG or PNG, or a field that JSON cannot hold
 */
export function sampleFiles(record: DataMap): SampleFile[] {
  const { id, label, image, ...others } = record
  const extension = requireImage(record) === 'jpeg' ? 'jpg' : 'png'
  const files: SampleFile[] = [[extension, image!]]
  const isWhole = typeof label === 'bigint' || Number.isSafeInteger(label)
  if (isWhole) files.push([LABEL, Buffer.from(`${label}`)])
  const attributes = { ...(typeof id === 'string' && { id }), ...(!isWhole && { label }), ...others }
  if (Object.values(attributes).some(value => value !== undefined))
    files.push([ATTRIBUTES, Buffer.from(toJson(attributes, true))])
  return files.sort(([a], [b]) => (a < b ? -1 : 1))
}
