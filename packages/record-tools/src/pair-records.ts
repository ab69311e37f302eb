import { copyRecord, type DataMap, faceBytes, LabelCensus } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { type DrawnPair, drawPairs, type PairOptions } from './draw-pairs.js'

/** The bytes of images and embeddings that are held at once: 4 GiB. */
export const MAX_HELD_BYTES = 2 ** 32

/**
 * Draws verification pairs from labelled images (or their pixels or embeddings) by the rule of `drawPairs`, and yields two
 * data maps for each, in order: side 0, then side 1. All fields of the record pass through. Records that carry no face
 * (headers and rows of formats) are left out. Of a label that is several numbers the first is the person; `several` counts those.
 *
 * @throws DataError where a face has no whole number of at least 0 as its label, where they exceed `MAX_HELD_BYTES`, or where there are
 *   not as many pairs as asked for
 */
export function pairRecords(
  records: Iterable<DataMap>,
  options: PairOptions & { source?: string | undefined; maxBytes?: number },
): { pairs: DrawnPair[]; records: Iterable<DataMap>; several: number } {
  const { source: file, maxBytes = MAX_HELD_BYTES } = options
  const faces: DataMap[] = []
  const labels: number[] = []
  const census = new LabelCensus(file)
  let bytes = 0
  for (const record of records) {
    const index = census.records
    const size = faceBytes(record)
    if (size === 0) {
      census.records++
      continue
    }
    const person = census.personOf(record)
    const { id, label } = record
    if (person === undefined) {
      const found = label === undefined ? 'none' : typeof label === 'object' ? 'several, none first' : `${label}`
      throw new DataError({ file, record: index, id, expected: 'a whole number of at least 0 as label', found })
    }
    bytes += size
    if (bytes > maxBytes) {
      const expected = `at most ${maxBytes} bytes of faces to draw pairs from`
      throw new DataError({ file, record: index, id, expected, found: 'more; record-select picks fewer people' })
    }
    faces.push(copyRecord(record))
    labels.push(person)
  }
  try {
    const pairs = drawPairs(labels, options)
    return { pairs, records: sides(faces, pairs), several: census.several }
  } catch (error) {
    throw placed(error, { file })
  }
}

function* sides(faces: DataMap[], pairs: DrawnPair[]): Generator<DataMap> {
  for (const [index, { left, right, same }] of pairs.entries()) {
    yield { ...faces[left], pair: { index, side: 0, same } }
    yield { ...faces[right], pair: { index, side: 1, same } }
  }
}
