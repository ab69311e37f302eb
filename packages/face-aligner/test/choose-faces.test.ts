import { test } from 'tap'
import { chooseFaces } from '../src/choose-faces.js'
import type { Box, DetectedFace } from '../src/detect/face-detector.js'

const face = (box: Box): DetectedFace => ({
  box,
  points: [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  score: 1,
})
const photo = { width: 200, height: 100 }
const faces = [face([0, 0, 30, 30]), face([80, 30, 20, 20]), face([120, 10, 40, 50])]

test('the largest, the one in the middle, or all', async t => {
  t.strictSame(chooseFaces(faces, 'largest', photo), [2])
  t.strictSame(chooseFaces(faces, 'centre', photo), [1])
  t.strictSame(chooseFaces(faces, 'all', photo), [0, 1, 2])
})

test('of two that are as large, the one that came first, which has the better score', async t => {
  t.strictSame(chooseFaces([face([0, 0, 10, 20]), face([50, 50, 20, 10])], 'largest', photo), [0])
})

test('no face', async t => {
  for (const choice of ['largest', 'centre', 'all'] as const) t.strictSame(chooseFaces([], choice, photo), [])
})
