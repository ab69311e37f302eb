import { decodeImage, imageFormat, type Pixels } from '@tiny-face/image-stream'
import { DataError } from '@tiny-face/safe-files'
import { type DataMap, type Label, tensorValues } from '@tiny-face/record-stream'
import { digest } from './exact-index.js'
import { fingerprint } from './fingerprint.js'
import type { Picture } from './picture-table.js'

export interface ExaminedPicture extends Picture {
  /** The encoded image; empty where the record has none. */
  bytes: Uint8Array
  /** Why it does not decode. */
  damage?: string
  /** What is wrong with the label; undefined also where none is asked for. */
  labelFault?: string
}

/** Decodes a record's image and takes what is kept of it. The record's bytes must stay until this is done. */
export async function examinePicture({ id, label, image }: DataMap): Promise<ExaminedPicture> {
  const bytes = image ?? new Uint8Array(0)
  const { value, fault } = identityOf(label)
  const common = {
    id,
    label: value,
    bytes,
    digest: digest(bytes),
    ...(fault === undefined ? {} : { labelFault: fault }),
  }
  const nothing = { ...common, size: undefined, fingerprint: undefined }
  if (image === undefined) return { ...nothing, damage: 'the record has no image' }
  let pixels: Pixels
  try {
    pixels = await decodeImage(image)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return { ...nothing, damage: damageOf(image, error) }
  }
  const { height, width } = pixels
  return { ...common, size: { height, width }, fingerprint: fingerprint(pixels) }
}

/**
 * What a decoder says of damage is not told: libvips gathers its messages in one place for all threads, so with several at work it may be
 * another picture's.
 */
function damageOf(image: Uint8Array, error: DataError): string {
  if (error.cause === undefined) return error.message
  return `a ${imageFormat(image)?.toUpperCase()} that is damaged, cut short or too large`
}

/** The class that a label stands for: itself, or of a vector its first value, as insightface reads them. */
export function identityOf(label: Label | undefined): { value: number | undefined; fault?: string } {
  if (label === undefined) return { value: undefined, fault: 'no label' }
  const number = Number(typeof label === 'object' ? tensorValues(label)[0] : label)
  if (Number.isSafeInteger(number) && number >= 0) return { value: number }
  return { value: undefined, fault: Number.isNaN(number) ? 'a label without a value' : `label ${number}` }
}
