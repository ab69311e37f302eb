import { decodeImage, looksDamaged, type Pixels } from '@tiny-face/image-stream'
import { type DataMap, type Label, personOf, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { digest } from './look-alikes/exact-index.js'
import { fingerprint } from './look-alikes/fingerprint.js'
import type { Picture } from './picture-table.js'

export interface ExaminedPicture extends Picture {
  /** The encoded image; empty where the record has none. */
  bytes: Uint8Array
  /** Why it does not decode. */
  damage?: string
  /** What makes it look damaged though it decodes. */
  trace?: string | undefined
  /** What is wrong with the label; undefined also where none is asked for. */
  labelFault?: string
}

/** Decodes a record's image and takes what is kept of it. The record's bytes must stay until this is done. */
export async function examinePicture({ id, label, image }: DataMap): Promise<ExaminedPicture> {
  const bytes = image ?? new Uint8Array(0)
  const person = personOf(label)
  const labelFault = person === undefined ? { labelFault: faultOf(label) } : {}
  const common = { id, label: person, bytes, digest: digest(bytes), ...labelFault }
  const nothing = { ...common, size: undefined, fingerprint: undefined }
  if (image === undefined) return { ...nothing, damage: 'the record has no image' }
  let pixels: Pixels
  try {
    pixels = await decodeImage(image)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return { ...nothing, damage: error.message }
  }
  const { height, width } = pixels
  return { ...common, size: { height, width }, fingerprint: fingerprint(pixels), trace: looksDamaged(image, pixels) }
}

function faultOf(label: Label | undefined): string {
  if (label === undefined) return 'no label'
  if (typeof label !== 'object') return `label ${label}`
  const [first] = tensorValues(label)
  return first === undefined ? 'a label without a value' : `label ${first}`
}
