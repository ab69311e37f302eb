import { readFileSync } from 'node:fs'
import type { DetectedFace, FivePoints, Point } from '../../src/detect/face-detector.js'

/** A face as detectors' peers print it: left, top, width, height, five points, score. */
export type PeerFace = readonly number[]

/** Faces of each picture, from a file beside this one. */
export function readPeerFaces(file: string): PeerFace[][] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  return lines.map(line => JSON.parse(line))
}

export function peerFace(values: PeerFace): DetectedFace {
  const [left, top, width, height] = values as [number, number, number, number]
  const point = (k: number): Point => [values[4 + 2 * k]!, values[5 + 2 * k]!]
  const points: FivePoints = [point(0), point(1), point(2), point(3), point(4)]
  return { box: [left, top, width, height], points, score: values[14]! }
}

/** The largest difference of boxes and points, in pixels; infinite where one of the two finds more. Faces are told apart by their place. */
export function largestDifference(ours: readonly DetectedFace[], peers: readonly PeerFace[]): number {
  if (ours.length !== peers.length) return Number.POSITIVE_INFINITY
  const differences = peers.map(peerFace).map(peer => {
    const distance = (face: DetectedFace) =>
      Math.max(...coordinates(face).map((value, i) => Math.abs(value - coordinates(peer)[i]!)))
    return Math.min(...ours.map(distance))
  })
  return Math.max(0, ...differences)
}

function coordinates({ box, points }: DetectedFace): number[] {
  return [...box, ...points.flat()]
}
