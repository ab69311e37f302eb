import type { Pixels } from '@tiny-face/image-stream'
import { part } from '../align/part.js'
import { type TemplateName, templatePoints } from '../align/template.js'

/** How far round the five points the inner face reaches, in parts of the aligned face. */
const MARGIN = 1 / 16

/**
 * An aligned face `[size, size, 3]` from the eyes to the mouth: neither background, nor hair, nor the edge of what is black beyond the photo
 * makes it look sharp.
 */
export function innerFace(aligned: Pixels, template: TemplateName): Pixels {
  const size = aligned.width
  const points = templatePoints(template, size)
  const across = spanOf(
    points.map(([x]) => x),
    size,
  )
  const down = spanOf(
    points.map(([, y]) => y),
    size,
  )
  return part(aligned, { left: across.first, top: down.first, width: across.length, height: down.length })
}

function spanOf(places: number[], size: number): { first: number; length: number } {
  const first = Math.max(0, Math.floor(Math.min(...places) - size * MARGIN))
  const end = Math.min(size, Math.ceil(Math.max(...places) + size * MARGIN))
  return { first, length: end - first }
}
