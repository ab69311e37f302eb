import type { DetectedFace } from './detect/face-detector.js'

export type FaceChoice = 'largest' | 'centre' | 'all'

export const FACE_CHOICES: readonly FaceChoice[] = ['largest', 'centre', 'all']

/**
 * Which faces of a picture are meant.
 *
 * @returns their places in `faces`: all; or that of the one with the largest box, or whose box has its middle nearest to the picture's
 *   middle, where there is any face
 */
export function chooseFaces(
  faces: readonly DetectedFace[],
  choice: FaceChoice,
  { width, height }: { width: number; height: number },
): number[] {
  const places = faces.map((_, i) => i)
  if (choice === 'all') return places
  const fromMiddle = ({ box: [left, top, across, down] }: DetectedFace) =>
    Math.hypot(left + (across - width) / 2, top + (down - height) / 2)
  const area = ({ box: [, , across, down] }: DetectedFace) => across * down
  const order = (face: DetectedFace) => (choice === 'largest' ? -area(face) : fromMiddle(face))
  return places.toSorted((one, other) => order(faces[one]!) - order(faces[other]!)).slice(0, 1)
}
