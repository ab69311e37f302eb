import { type Begin, copyRecord, type DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { modelOf } from '@tiny-face/verifier'
import { mustBeOfModel } from '../face-template.js'
import type { Gallery } from '../gallery.js'
import { type Identified, type SearchOptions, search } from './search.js'

/** A record, and who its face is of. */
export type IdentifiedRecord = DataMap & Identified

/** Records that wait for each other, to be searched for together: the gallery then goes through memory once for all of them. */
export const MAX_WAITING = 1024
/** Bytes of records that wait: images lie in them. */
export const MAX_WAITING_BYTES = 2 ** 26

/**
 * Says of each record of a stream who its face is of.
 *
 * @param records data maps with `embedding` and maybe `flipped`
 * @returns the records in their order, each with `person` and `matches`
 * @throws DataError that names source, record and id, as `search` does; where the embeddings are another model's
 */
export async function* searchRecords(
  gallery: Gallery,
  records: Iterable<DataMap> & { readonly begin?: Begin },
  options: SearchOptions,
): AsyncGenerator<IdentifiedRecord, void, undefined> {
  let waiting: DataMap[] = []
  let bytes = 0
  let place = 0
  let begin: Begin | undefined
  for (const record of records) {
    if (records.begin !== begin) {
      begin = records.begin
      mustBeOfModel(begin && modelOf(begin), gallery, begin?.source)
    }
    waiting.push(copyRecord(record))
    bytes += bytesOf(record)
    if (waiting.length < MAX_WAITING && bytes < MAX_WAITING_BYTES) continue
    yield* await searched()
  }
  yield* await searched()

  async function searched(): Promise<IdentifiedRecord[]> {
    const [batch, first] = [waiting, place]
    waiting = []
    bytes = 0
    place += batch.length
    const faces = batch.map(({ id, embedding, flipped }, i) => {
      if (embedding !== undefined) return { embedding, flipped }
      const message = 'no embedding: put arcface-embed before this command'
      throw new DataError({ file: begin?.source, record: first + i, id, message })
    })
    try {
      const found = await search(gallery, faces, options)
      return batch.map((record, i) => ({ ...record, ...found[i]! }))
    } catch (error) {
      if (!(error instanceof DataError) || error.record === undefined) throw error
      const { record, ...fault } = error.fault
      throw new DataError({ ...fault, file: begin?.source, record: first + record!, id: batch[record!]!.id })
    }
  }
}

function bytesOf(record: DataMap): number {
  let bytes = 0
  for (const value of Object.values(record)) {
    if (value instanceof Uint8Array) bytes += value.length
    else if (typeof value === 'object' && value !== null && 'data' in value && value.data instanceof Uint8Array)
      bytes += value.data.length
  }
  return bytes
}
