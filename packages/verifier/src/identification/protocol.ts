import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { type CollectOptions, collectFaces, type LabelledFaces, selectFaces } from '../faces/labelled-faces.js'
import { describe } from '../pairs/measure-record.js'

/**
 * Who is enrolled, and who is searched for:
 *
 * - `first`: the first image of each person is enrolled, the others are probes. Each probe is searched for twice, also in the gallery
 *   without its person: then it is a stranger's.
 * - `field`: a record's field `gallery` says it, true or false. Probes of people who are not enrolled are strangers'.
 */
export const IDENTIFICATION_PROTOCOLS = ['first', 'field'] as const
export type IdentificationProtocol = (typeof IDENTIFICATION_PROTOCOLS)[number]

export interface Enrolment {
  gallery: LabelledFaces
  probes: LabelledFaces
}

/**
 * Reads the faces of a stream and divides them.
 *
 * @throws DataError as `collectFaces`; where a record's `gallery` is neither true nor false; where there is no gallery or no probe
 */
export function enrolFaces(
  records: Iterable<DataMap>,
  protocol: IdentificationProtocol,
  options: Pick<CollectOptions, 'source' | 'onFace'> = {},
): Enrolment {
  const enrolled: boolean[] = []
  const people = new Set<unknown>()
  const faces = collectFaces(records, {
    ...options,
    onFace(record, person) {
      enrolled.push(protocol === 'field' ? fieldOf(record) : !people.has(person))
      people.add(person)
      options.onFace?.(record, person)
    },
  })
  const rows = (wanted: boolean) => enrolled.flatMap((is, row) => (is === wanted ? [row] : []))
  const [gallery, probes] = [selectFaces(faces, rows(true)), selectFaces(faces, rows(false))]
  const file = options.source
  if (gallery.length === 0) throw new DataError({ file, message: 'nobody is enrolled: no record has gallery true' })
  if (probes.length === 0) {
    const why = protocol === 'field' ? 'no record has gallery false' : 'nobody has a second image'
    throw new DataError({ file, message: `nobody is searched for: ${why}` })
  }
  return { gallery, probes }
}

function fieldOf({ gallery }: DataMap): boolean {
  if (typeof gallery === 'boolean') return gallery
  const found = gallery === undefined ? 'none' : describe(gallery)
  throw new DataError({ expected: 'gallery to be true (enrolled) or false (searched for)', found })
}
