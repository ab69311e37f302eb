import { alignColumns, figuresOutput, withoutControls } from '@tiny-face/command-shell'
import { readGallery } from '../file/read-gallery.js'
import type { Gallery } from '../gallery.js'
import { type EnrolledPerson, listEnrolled } from '../list-enrolled.js'

export interface Options {
  json?: string
  force?: boolean
}

/** Writes who is in a gallery as a table and JSON. */
export function listGallery(path: string, { json, force }: Options): void {
  const gallery = readGallery(path)
  const people = listEnrolled(gallery)
  figuresOutput(json, { force })({ json: [galleryJson(gallery, people)], table: galleryTable(gallery, people) })
}

function galleryJson({ length, size, flip, model }: Gallery, people: readonly EnrolledPerson[]): string {
  return `${JSON.stringify({ faces: length, embedding_size: size, flip, ...(model === undefined ? {} : { model }), people })}\n`
}

/** `Ada  3 faces  2026-11-27 … 2026-12-01`, and who made the embeddings. */
function galleryTable({ length, size, flip, model }: Gallery, people: readonly EnrolledPerson[]): string {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  const rows = people.map(({ person, faces, first, last }) => [
    withoutControls(person),
    facesInWords(faces),
    day(first) === day(last) ? day(first) : `${day(first)} … ${day(last)}`,
  ])
  const made = model === undefined ? '' : ` by ${model.name} (${model.sha256.slice(0, 12)})`
  const kind = `embeddings of ${size} numbers ${flip ? 'with' : 'without'} mirror images${made}`
  const lines = rows.length === 0 ? [] : alignColumns(rows)
  return `${[...lines, withoutControls(`${facesInWords(length)} of ${people.length} ${people.length === 1 ? 'person' : 'people'}; ${kind}`)].join('\n')}\n`
}

function facesInWords(faces: number): string {
  return faces === 1 ? '1 face' : `${faces} faces`
}
