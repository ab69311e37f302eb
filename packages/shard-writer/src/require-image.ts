import { fileKind, imageFormat } from '@tiny-face/file-signatures'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'

/**
 * The format of a record's image, by its first bytes.
 *
 * @throws DataError where the record has none, or it is neither JPEG nor PNG: no training could read it
 */
export function requireImage(record: DataMap): 'jpeg' | 'png' {
  const { image } = record
  const format = image === undefined ? undefined : imageFormat(image)
  if (format === 'jpeg' || format === 'png') return format
  const found =
    image === undefined
      ? Object.keys(record).join(', ') || 'an empty map'
      : (fileKind(image) ?? 'bytes of no known format')
  throw new DataError({ expected: 'a JPEG or PNG as image', found })
}
