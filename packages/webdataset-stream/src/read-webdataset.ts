import { closeSync, openSync } from 'node:fs'
import { imageFormat } from '@tiny-face/file-signatures'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError, readChunk } from '@tiny-face/safe-files'
import { compressionOf, Inflater } from '@tiny-face/zlib-stream'
import { findTars, type TarFile } from './find-tars.js'
import { groupByKey } from './group-by-key.js'
import { sampleRecord } from './sample-record.js'
import { readTar } from './tar/read-tar.js'

const CHUNK = 1 << 18

/**
 * The samples of tar shards as data maps, one for each that has an image, in the order of the files.
 *
 * @param paths files, folders of shards and globs, as `findTars` takes them
 */
export function readWebDataset(paths: readonly string[]): WebDatasetRecords {
  return new WebDatasetRecords(paths)
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

  constructor(paths: readonly string[]) {
    const { files, manifest } = findTars(paths)
    this.#files = files
    this.begin = {
      count: manifest?.images,
      classes: manifest?.classes,
      names: manifest?.names,
      source: paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
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
    if (images > 0) return
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
