import { closeSync, openSync, statSync } from 'node:fs'
import { type Part, partOfSizes } from '@tiny-face/command-shell'
import { imageFormat } from '@tiny-face/file-signatures'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError, readChunk } from '@tiny-face/safe-files'
import { compressionOf, Inflater } from '@tiny-face/zlib-stream'
import { findTars, type TarFile } from './find-tars.js'
import { groupByKey } from './group-by-key.js'
import { sampleRecord } from './sample-record.js'
import { readTar } from './tar/read-tar.js'

const CHUNK = 1 << 18

export interface ReadWebDatasetOptions {
  /** Only one of so many parts: disjoint, together complete, each of whole files, balanced by bytes. */
  part?: Part | undefined
}

/**
 * The samples of tar shards as data maps, one for each that has an image, in the order of the files.
 *
 * @param paths files, folders of shards and globs, as `findTars` takes them
 * @throws DataError where a part is asked of what is no file on disk
 */
export function readWebDataset(paths: readonly string[], options: ReadWebDatasetOptions = {}): WebDatasetRecords {
  return new WebDatasetRecords(paths, options)
}

export class WebDatasetRecords implements Iterable<DataMap> {
  /** What is known of all records ahead. */
  readonly begin: BeginFields
  /** Samples read so far that were left out: none of their files is an image that is a JPEG or PNG. */
  leftOut = 0
  /** The extensions of the first of them. */
  leftOutExtensions: string[] | undefined
  /** Images read so far that came without a label. */
  unlabelled = 0
  readonly #files: readonly TarFile[]
  readonly #isPart: boolean

  constructor(paths: readonly string[], { part }: ReadWebDatasetOptions) {
    const { files, manifest } = findTars(paths)
    const { from, to } = part === undefined ? { from: 0, to: files.length } : partOfSizes(files.map(sizeOf), part)
    this.#files = files.slice(from, to)
    this.#isPart = part !== undefined
    this.begin = {
      count: part === undefined ? manifest?.images : undefined,
      classes: manifest?.classes,
      names: manifest?.names,
      source: paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
      part: part && { ...part, first: samplesIn(files.slice(0, from)) },
    }
  }

  /**
   * Each data map owns its bytes.
   *
   * @throws DataError where a file is damaged or does not hold the number of samples that its manifest says, or there is no
   *   image at all
   */
  *[Symbol.iterator](): Generator<DataMap, void, undefined> {
    let images = 0
    for (const { path, count } of this.#files) {
      let samples = 0
      for (const record of this.#records(path)) {
        samples++
        if (record === undefined) continue
        images++
        yield record
      }
      if (count !== undefined && samples !== count) {
        throw new DataError({ file: path, expected: `${count} samples, as the manifest says`, found: `${samples}` })
      }
    }
    // Of few files a part may have none.
    if (images > 0 || this.#isPart) return
    const expected = 'at least one sample with an image: .jpg, .jpeg or .png'
    const extensions = this.leftOutExtensions?.map(extension => `.${extension}`).join(', ')
    const found = extensions === undefined ? 'no samples' : `${this.leftOut} without; the first has ${extensions}`
    throw new DataError({ file: this.begin.source, expected, found })
  }

  /** One for each sample; undefined for one without an image. */
  *#records(path: string): Generator<DataMap | undefined, void, undefined> {
    for (const sample of readSamples(path)) {
      const record = sampleRecord(sample)
      const format = record.image === undefined ? undefined : imageFormat(record.image)
      const isImage = format === 'jpeg' || format === 'png'
      if (!isImage && this.leftOut++ === 0) this.leftOutExtensions = [...sample.files.keys()]
      if (isImage && record.label === undefined) this.unlabelled++
      yield isImage ? record : undefined
    }
  }
}

function sizeOf({ path: file }: TarFile): number {
  const stat = statSync(file)
  if (stat.isFile()) return stat.size
  throw new DataError({ file, expected: 'a file on disk, for parts', found: 'a pipe or device' })
}

/** How many samples files hold, where manifests say so. */
function samplesIn(files: readonly TarFile[]): number | undefined {
  return files.reduce<number | undefined>(
    (sum, { count }) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  )
}

/**
 * The samples of one tar file or pipe; GZIP is told by the first bytes.
 *
 * @throws DataError where the file is damaged
 */
export function* readSamples(path: string) {
  const fd = openSync(path, 'r')
  try {
    const chunks = chunksOf(fd)
    const first = chunks.next().value ?? Buffer.alloc(0)
    const isPacked = compressionOf(first) === 'gzip'
    const all = (function* () {
      yield first
      yield* chunks
    })()
    if (isPacked) yield* groupByKey(readTar(unpacked(all, path), `${path} (unpacked)`), `${path} (unpacked)`)
    else yield* groupByKey(readTar(all, path), path)
  } finally {
    closeSync(fd)
  }
}

/** Each chunk is valid until the next is asked for. */
function* chunksOf(fd: number): Generator<Uint8Array, undefined, undefined> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  for (let size = readChunk(fd, chunk); size > 0; size = readChunk(fd, chunk)) yield chunk.subarray(0, size)
}

function* unpacked(chunks: Iterable<Uint8Array>, path: string): Generator<Uint8Array, void, undefined> {
  const inflater = new Inflater('gzip', path)
  try {
    for (const chunk of chunks) yield* inflater.push(chunk)
    yield* inflater.finish()
  } finally {
    inflater.close()
  }
}
