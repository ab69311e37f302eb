import { test } from 'tap'
import type { FivePoints, Point } from '../../src/detect/face-detector.js'
import { headPose } from '../../src/measure/head-pose.js'

/** A face in centimetres: to the right, down, away from who looks at it. */
type Head = readonly (readonly [number, number, number])[]

const CANONICAL: Head = [
  [-3.151, -2.625, -3.466],
  [3.151, -2.625, -3.466],
  [0, 1.127, -7.476],
  [-2.456, 4.343, -4.284],
  [2.456, 4.343, -4.284],
]

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** The points of a head that is first raised, then turned to the right, then leant to the right, as a camera sees it `distance` centimetres away. */
function seen(head: Head, { yaw = 0, pitch = 0, roll = 0 }, distance = 1e9): FivePoints {
  return head.map(([x, y, z]): Point => {
    const [up, side, lean] = [pitch, yaw, roll].map(radians) as [number, number, number]
    const [y1, z1] = [y * Math.cos(up) + z * Math.sin(up), z * Math.cos(up) - y * Math.sin(up)]
    const [x2, z2] = [x * Math.cos(side) - z1 * Math.sin(side), z1 * Math.cos(side) + x * Math.sin(side)]
    const [x3, y3] = [x2 * Math.cos(lean) - y1 * Math.sin(lean), y1 * Math.cos(lean) + x2 * Math.sin(lean)]
    const scale = (20 * distance) / (distance + z2)
    return [300 + x3 * scale, 200 + y3 * scale]
  }) as unknown as FivePoints
}

test('what each figure means', async t => {
  const straight = seen(CANONICAL, {})
  const nose = ([, , nose]: FivePoints, [x, y]: Point): FivePoints => {
    return straight.map((point, i) => (i === 2 ? [nose[0] + x, nose[1] + y] : point)) as unknown as FivePoints
  }
  t.ok(headPose(nose(straight, [15, 0])).yaw > 5, 'the nose is further to the right: the face looks there')
  t.ok(headPose(nose(straight, [0, -15])).pitch > 5, 'the nose is further up: the face looks up')
  const leant = straight.map(([x, y]): Point => [-y, x]) as unknown as FivePoints
  t.ok(Math.abs(headPose(leant).roll - 90) < 0.1, 'the top of the head is at the right')
})

test('a head seen from far away is found as it is turned', async t => {
  for (const yaw of [-70, -20, 0, 45, 80]) {
    for (const pitch of [-40, 0, 25]) {
      for (const roll of [-170, -30, 0, 100]) {
        const found = headPose(seen(CANONICAL, { yaw, pitch, roll }))
        for (const [name, wanted] of Object.entries({ yaw, pitch, roll })) {
          t.ok(
            Math.abs(found[name as 'yaw'] - wanted) < 0.05,
            `${name} ${found[name as 'yaw']} of ${yaw}, ${pitch}, ${roll}`,
          )
        }
      }
    }
  }
})

test('a head an arm away, and another nose', async t => {
  const longNose = CANONICAL.map(([x, y, z], i) => [x, y, i === 2 ? z - 1 : z] as const)
  for (const yaw of [-45, -20, 0, 20, 45]) {
    const near = headPose(seen(CANONICAL, { yaw }, 60))
    t.ok(Math.abs(near.yaw - yaw) < 5, `${near.yaw.toFixed(1)} instead of ${yaw}`)
    const other = headPose(seen(longNose, { yaw }))
    t.ok(Math.abs(other.yaw - yaw) < 12, `${other.yaw.toFixed(1)} instead of ${yaw}`)
    t.equal(Math.sign(other.yaw), Math.sign(yaw) || Math.sign(other.yaw))
  }
})

test('points that are no face give figures, and no error', async t => {
  for (const points of [
    Array(5).fill([1, 1]),
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ],
  ]) {
    const { yaw, pitch, roll } = headPose(points as unknown as FivePoints)
    t.ok([yaw, pitch, roll].every(Number.isFinite))
  }
})
