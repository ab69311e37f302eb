import { type ImageFormat, imageFormat } from '@tiny-face/file-signatures'
import type { DataMap } from '@tiny-face/record-stream'
import { decodeRecordIO } from '@tiny-face/recordio-stream'
import { isImageName } from '../folder/image-names.js'
import type { ImageSource } from './image-source.js'
import { isRecordIO, ZipSource } from './zip-source.js'

/**
 * The images of a RecordIO file in a zip archive, as recordio-dump gives them, unpacked as they are read: for archives that hold one
 * `.rec` file.
 *
 * @returns undefined for another source
 */
export function zippedRecordIO(source: ImageSource): ZippedRecordIO | undefined {
  if (!(source instanceof ZipSource)) return undefined
  const files = [...source.entries()].filter(({ kind }) => kind === 'file').map(({ path }) => path)
  const [path, ...others] = files.filter(isRecordIO)
  return path === undefined || others.length > 0
    ? undefined
    : new ZippedRecordIO(source, path, files.filter(isImageName))
}

export class ZippedRecordIO implements AsyncIterable<DataMap> {
  /** With the archive, for messages. */
  readonly file: string
  /** Images that lie in the archive beside the file, and are not read. */
  readonly beside: readonly string[]
  readonly #source: ZipSource
  readonly #path: string
  readonly #leftOut = new Map<ImageFormat | undefined, number>()

  constructor(source: ZipSource, path: string, beside: readonly string[]) {
    this.file = `${source.name}/${path}`
    this.beside = beside
    this.#source = source
    this.#path = path
  }

  /** What was left out, as far as was read, in words: `3 records (2 BMP)`; undefined where nothing was. */
  get leftOut(): string | undefined {
    const count = [...this.#leftOut.values()].reduce((a, b) => a + b, 0)
    const formats = [...this.#leftOut].flatMap(([format, count]) => (format ? `${count} ${format.toUpperCase()}` : []))
    if (count === 0) return undefined
    return `${count} record${count === 1 ? '' : 's'}${formats.length > 0 ? ` (${formats.join(', ')})` : ''}`
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DataMap, void, undefined> {
    const records = decodeRecordIO(this.#source.stream(this.#path), { all: true, file: this.file })
    for await (const { id, label, image, payload, recordio } of records) {
      if (image !== undefined) yield { id, label, image }
      else if (recordio?.role === 'raw') this.#countLeftOut(payload as Uint8Array)
    }
  }

  #countLeftOut(payload: Uint8Array): void {
    const format = imageFormat(payload)
    this.#leftOut.set(format, (this.#leftOut.get(format) ?? 0) + 1)
  }
}
