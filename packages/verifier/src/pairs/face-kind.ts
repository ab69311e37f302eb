import { DataError } from '@tiny-face/safe-files'
import type { MeasuredFace } from './measure-record.js'

/** What the embeddings of a stream have in common: only such can be compared. */
export interface FaceKind {
  /** Numbers of an embedding. */
  readonly size: number
  /** Whether embeddings of mirror images come with them. */
  readonly flip: boolean
}

export function kindOf({ template, flippedNorm }: Pick<MeasuredFace, 'template' | 'flippedNorm'>): FaceKind {
  return { size: template.length, flip: flippedNorm !== undefined }
}

/** @throws DataError, without file and record, where a face is not of the kind of those before */
export function mustBeOfKind(found: FaceKind, before: FaceKind): void {
  if (found.size !== before.size)
    throw new DataError({ expected: `an embedding of ${before.size} numbers, as before`, found: `${found.size}` })
  const say = ({ flip }: FaceKind) => (flip ? 'with flipped' : 'without flipped')
  if (found.flip !== before.flip)
    throw new DataError({ expected: `an embedding ${say(before)}, as before`, found: `one ${say(found)}` })
}
