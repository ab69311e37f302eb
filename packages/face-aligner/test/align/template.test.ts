import { test } from 'tap'
import { templatePoints } from '../../src/align/template.js'
import type { FivePoints } from '../../src/detect/face-detector.js'

const near = (one: FivePoints, other: readonly (readonly number[])[]) =>
  one.every((point, i) => point.every((value, axis) => Math.abs(value - other[i]![axis]!) < 1e-4))

test("insightface's template, in its own size and others", async t => {
  const own = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ]
  const scaled = (ratio: number, margin = 0) => own.map(([x, y]) => [x! * ratio + margin, y! * ratio])
  t.ok(near(templatePoints('arcface', 112), own))
  t.ok(near(templatePoints('arcface', 224), scaled(2)))
  t.ok(near(templatePoints('arcface', 128), scaled(1, 8)), 'with 8 pixels at either side')
  t.ok(near(templatePoints('arcface', 256), scaled(2, 16)))
  t.ok(near(templatePoints('arcface', 896), scaled(8)), 'a multiple of both is one of 112')
  t.ok(near(templatePoints('arcface', 160), scaled(160 / 112)))
})

test("dlib's template is its mean face with a quarter round it", async t => {
  // mean_face_shape_x and _y of dlib's get_face_chip_details, points 36 to 47, 30, 48 and 54.
  const left = [
    [0.121737, 0.216423],
    [0.187122, 0.178758],
    [0.265825, 0.179852],
    [0.334606, 0.231733],
    [0.260918, 0.245099],
    [0.182743, 0.244077],
  ]
  const right = [
    [0.645647, 0.231733],
    [0.714428, 0.179852],
    [0.793132, 0.178758],
    [0.858516, 0.216423],
    [0.79751, 0.244077],
    [0.719335, 0.245099],
  ]
  const middle = (points: number[][]) => [0, 1].map(axis => points.reduce((sum, point) => sum + point[axis]! / 6, 0))
  const mean = [middle(left), middle(right), [0.490127, 0.515625], [0.254149, 0.780233], [0.726104, 0.780233]]
  for (const size of [150, 75]) {
    const chip = mean.map(point => point.map(value => ((0.25 + value) / 1.5) * size - 0.5))
    t.ok(near(templatePoints('dlib', size), chip), `${size} pixels`)
  }
})
