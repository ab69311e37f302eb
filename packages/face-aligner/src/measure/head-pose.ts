import type { FivePoints } from '../detect/face-detector.js'

/** In degrees, as the picture is seen. */
export interface HeadPose {
  /** To which side the face is turned: more than 0 to the right of the picture. */
  readonly yaw: number
  /** More than 0: it looks up. */
  readonly pitch: number
  /** How far the head leans: more than 0 clockwise. */
  readonly roll: number
}

/**
 * The five points of MediaPipe's canonical face (mediapipe/modules/face_geometry/data/canonical_face_model.obj), in centimetres to the right,
 * down and away: the middle of either eye's two corners (vertices 33 and 133, 362 and 263), the nose's tip (1), the corners of the mouth (61, 291).
 */
const CANONICAL_FACE = [
  [-3.1511455, -2.624628, -3.465663],
  [3.1511455, -2.624628, -3.465663],
  [0, 1.126865, -7.475604],
  [-2.456206, 4.342621, -4.283884],
  [2.456206, 4.342621, -4.283884],
] as const

const [ACROSS, DOWN, AWAY] = [0, 1, 2].map(axis => centred(CANONICAL_FACE.map(point => point[axis]!))) as [
  number[],
  number[],
  number[],
]

/**
 * How a head is turned, estimated from its five points: the rotation, scaling and shift of a mean face that bring it closest to the points when
 * it is seen from far away (DeMenthon and Davis, "Model-Based Object Pose in 25 Lines of Code", 1995, its first step, POS).
 *
 * An estimate to choose pictures by: it takes everybody for the mean face, so that a long nose or an open mouth moves pitch by 10 degrees and more
 * and yaw by some of its own size. Near 90 degrees, where detectors guess the points that cannot be seen, it says too little.
 */
export function headPose(points: FivePoints): HeadPose {
  // Each row says how far across, or down, the picture a centimetre of the head's axes goes.
  const [first, second] = orthonormal(rowOf(points.map(([x]) => x)), rowOf(points.map(([, y]) => y)))
  const third = crossed(first, second)
  const yaw = Math.asin(Math.max(-1, Math.min(1, third[0])))
  return {
    yaw: degrees(yaw),
    pitch: degrees(-Math.atan2(third[1], third[2])),
    roll: degrees(Math.atan2(second[0], first[0])),
  }
}

type Vector = readonly [x: number, y: number, z: number]

/** Least squares: the row r for which r · face is closest to the coordinates. The face's first axis is at right angles to the others. */
function rowOf(coordinates: number[]): Vector {
  const values = centred(coordinates)
  const [downDown, downAway, awayAway] = [dot(DOWN, DOWN), dot(DOWN, AWAY), dot(AWAY, AWAY)]
  const [down, away] = [dot(DOWN, values), dot(AWAY, values)]
  const determinant = downDown * awayAway - downAway * downAway
  return [
    dot(ACROSS, values) / dot(ACROSS, ACROSS),
    (awayAway * down - downAway * away) / determinant,
    (downDown * away - downAway * down) / determinant,
  ]
}

/** Two vectors of length 1 at right angles, as far from the one as from the other. */
function orthonormal(one: Vector, other: Vector): [Vector, Vector] {
  const [first, second] = [normalised(one), normalised(other)]
  const sum = normalised([first[0] + second[0], first[1] + second[1], first[2] + second[2]])
  const difference = normalised([first[0] - second[0], first[1] - second[1], first[2] - second[2]])
  const half = Math.SQRT1_2
  return [
    [(sum[0] + difference[0]) * half, (sum[1] + difference[1]) * half, (sum[2] + difference[2]) * half],
    [(sum[0] - difference[0]) * half, (sum[1] - difference[1]) * half, (sum[2] - difference[2]) * half],
  ]
}

function normalised([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z) || 1
  return [x / length, y / length, z / length]
}

function crossed([a, b, c]: Vector, [d, e, f]: Vector): Vector {
  return [b * f - c * e, c * d - a * f, a * e - b * d]
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * other[i]!, 0)
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map(value => value - mean)
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI
}
