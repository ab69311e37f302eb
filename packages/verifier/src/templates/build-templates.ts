import type { DataMap } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { MAX_TEMPLATE_BYTES } from '../faces/labelled-faces.js'
import { type FaceKind, kindOf, mustBeOfKind } from '../pairs/face-kind.js'
import { euclideanNorm } from '../pairs/face-template.js'
import { measureFace } from '../pairs/measure-record.js'
import type { TemplateRows } from '../similarity/similarity-blocks.js'
import type { TemplateList } from './template-lists.js'

/** Templates of several images each, scaled to length 1, by their places in a `TemplateList`. */
export interface BuiltTemplates extends TemplateRows {
  /** Images of the stream that the list names, and others, which were left out. */
  readonly images: number
  readonly others: number
  /** Whether embeddings of mirror images were added. */
  readonly flip: boolean
}

export interface BuildOptions {
  /** What each image's embedding is multiplied by, by its name: how sure the detector was. */
  scores?: ReadonlyMap<string, number> | undefined
  /** What the records come from, for messages. */
  source?: string | undefined
  /** Called with each record after it was read. */
  onImage?: () => void
}

/**
 * Builds templates of several images as insightface does for IJB: an image's embedding and that of its mirror image are added and
 * not scaled, so that images that the network is sure of (long embeddings) count for more; those of a media, which for a video are
 * many, are averaged, those of a template's media are added, and the sum is scaled to length 1. In double precision throughout.
 *
 * @param records data maps with an `embedding`, maybe `flipped`, and as their `id` an image's name, or a path that ends in one
 * @throws DataError that names the record: as `measureFace`; for an embedding unlike the others, an image that comes twice, or
 *   without a score; and where images of the list did not come, or a template's embeddings cancel out
 * @see insightface, recognition/arcface_torch/eval_ijbc.py, `image2template_feature`, with use_norm_score
 */
export function buildTemplates(
  records: Iterable<DataMap>,
  list: TemplateList,
  { scores, source, onImage }: BuildOptions = {},
): BuiltTemplates {
  const waiting = new Map<string, readonly number[]>(list.images)
  const sums = new Map<number, { sum: Float64Array; images: number }>()
  let [record, others] = [0, 0]
  let kind: FaceKind | undefined
  let templates = new Float64Array(0)
  for (const map of records) {
    const name = nameOf(map, list)
    if (name === undefined) others++
    else {
      try {
        const face = measureFace(map, sumOf)
        const { template: embedding } = face
        const found = kindOf(face)
        if (kind === undefined) {
          kind = found
          templates = roomFor(list.ids.length, found.size, source)
        }
        mustBeOfKind(found, kind)
        const score = scores === undefined ? 1 : scores.get(name)
        if (score === undefined) throw new DataError({ message: `no score of ${name}` })
        const media = waiting.get(name)
        if (media === undefined) throw new DataError({ message: `${name} came before` })
        waiting.delete(name)
        for (const place of media)
          addTo(
            templates,
            list,
            sums,
            place,
            embedding.map(value => value * score),
          )
      } catch (error) {
        throw placed(error, { file: source, record, id: map.id })
      }
    }
    record++
    onImage?.()
  }
  const [missing] = waiting.keys()
  if (missing !== undefined) {
    const which = waiting.size > 1 ? ` and ${waiting.size - 1} more images of ${list.file} are` : ` of ${list.file} is`
    throw new DataError({ file: source, message: `${missing}${which} not in the stream` })
  }
  const { size, flip } = kind!
  for (const [place, id] of list.ids.entries()) {
    const row = templates.subarray(place * size, (place + 1) * size)
    const length = euclideanNorm(row)
    if (length === 0) throw new DataError({ file: source, message: `the embeddings of template ${id} cancel out` })
    for (let i = 0; i < size; i++) row[i]! /= length
  }
  return { length: list.ids.length, size, templates, images: record - others, others, flip }
}

/** Adds an image to its media; a media that is complete is added to its template and forgotten. */
function addTo(
  templates: Float64Array,
  list: TemplateList,
  sums: Map<number, { sum: Float64Array; images: number }>,
  place: number,
  embedding: Float64Array,
): void {
  const media = list.media[place]!
  const { sum, images } = sums.get(place) ?? { sum: new Float64Array(embedding.length), images: 0 }
  for (let i = 0; i < sum.length; i++) sum[i]! += embedding[i]!
  if (images + 1 < media.images) {
    sums.set(place, { sum, images: images + 1 })
    return
  }
  sums.delete(place)
  const start = media.template * sum.length
  for (let i = 0; i < sum.length; i++) templates[start + i]! += sum[i]! / media.images
}

function nameOf({ id }: DataMap, { images }: TemplateList): string | undefined {
  const name = `${id}`
  if (images.has(name)) return name
  const last = name.slice(name.lastIndexOf('/') + 1)
  return images.has(last) ? last : undefined
}

function sumOf(embedding: ArrayLike<number>, flipped?: ArrayLike<number>): Float64Array {
  const sum = Float64Array.from(embedding)
  if (flipped !== undefined) for (let i = 0; i < sum.length; i++) sum[i]! += flipped[i]!
  return sum
}

function roomFor(count: number, size: number, file: string | undefined): Float64Array<ArrayBuffer> {
  const most = MAX_TEMPLATE_BYTES / 8
  if (count * size > most) {
    throw new DataError({
      file,
      expected: `templates of at most ${most} numbers together`,
      found: `${count} of ${size}`,
    })
  }
  return new Float64Array(count * size)
}
