import { type ImageFormat, imageFormat } from '@tiny-face/file-signatures'
import type { DataMap } from '@tiny-face/record-stream'
import { decodeRecordIO } from '@tiny-face/recordio-stream'
import { DataError } from '@tiny-face/safe-files'
import { isImageName } from '../folder/image-names.js'
import type { ImageSource } from './image-source.js'
import { isRecordIO, ZipSource } from './zip-source.js'

/** Most names that an error lists. */
const MAX_LISTED = 5

/**
 * The images of a RecordIO file in a zip archive, as recordio-dump gives them, unpacked as they are read.
 *
 * @param inside the file's path in the archive; not needed where there is only one
 * @returns undefined for a source without such a file
 * @throws DataError where there are several and none is named, or none of that name
 */
export function zippedRecordIO(source: ImageSource, inside?: string): ZippedRecordIO | undefined {
  if (!(source instanceof ZipSource)) return undefined
  const files = [...source.entries()].filter(({ kind }) => kind === 'file').map(({ path }) => path)
  const all = files.filter(isRecordIO)
  const wanted = inside === undefined ? all : all.filter(path => path === inside)
  if (inside === undefined && all.length === 0) return undefined
  if (wanted.length !== 1) {
    const expected = inside === undefined ? 'one .rec file' : `the .rec file ${inside}`
    const example =
      all.length === 0 ? '' : `; image-dump ${source.name}/${all[0]} reads ${all.length > 1 ? 'one of them' : 'it'}`
    throw new DataError({ file: source.name, expected, found: `${firstNames(all)}${example}` })
  }
  return new ZippedRecordIO(source, wanted[0]!, files.filter(isImageName))
}

function firstNames(names: string[]): string {
  if (names.length === 0) return 'none'
  const more = names.length > MAX_LISTED ? [`${names.length - MAX_LISTED} more`] : []
  return [...names.slice(0, MAX_LISTED), ...more].join(', ').replace(/, ([^,]+)$/, ' and $1')
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
