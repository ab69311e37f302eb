import type { DataMap } from '@tiny-face/record-stream'
import { decodeRecordIO } from '@tiny-face/recordio-stream'
import type { ImageSource } from './image-source.js'
import { ZipSource } from './zip-source.js'

/**
 * The images of a RecordIO file in a zip archive, as recordio-dump gives them, unpacked as they are read: for archives that hold one
 * `.rec` file.
 *
 * @returns undefined for another source
 */
export function zippedRecordIO(source: ImageSource): AsyncGenerator<DataMap, void, undefined> | undefined {
  if (!(source instanceof ZipSource)) return undefined
  const files = [...source.entries()].filter(({ path, kind }) => kind === 'file' && path.endsWith('.rec'))
  if (files.length !== 1) return undefined
  const { path } = files[0]!
  return decodeRecordIO(source.stream(path), { file: `${source.name}/${path}` })
}
