import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import type { Calibration } from '../../src/calibrate/calibrate.js'
import { calibrationJson, checkCalibration, readCalibration } from '../../src/calibrate/calibration-file.js'
import { calibrationTable } from '../../src/calibrate/calibration-table.js'

const CALIBRATION: Calibration = {
  far: 1e-4,
  threshold: 1.25,
  cosine: 0.375,
  confidence: 0.95,
  farInterval: [4.2e-5, 2.3e-4],
  thresholdInterval: [1.2, 1.3],
  smallestFar: 2.4e-5,
  impostorPairs: 9_000_000,
  falseAccepts: 899,
  effectivePairs: 123_456.78,
  people: 500,
  faces: 4300,
  facesSeen: 5000,
  embeddingSize: 512,
  flip: true,
  model: { name: 'r50.onnx', sha256: 'c0ffee'.repeat(8), preprocess: 'rgb mean=127.5 std=128' },
}

test('a file reads back as it was written', async t => {
  const file = join(t.testdir(), 'threshold.json')
  writeFileSync(file, calibrationJson(CALIBRATION))
  t.strictSame(readCalibration(file), CALIBRATION)
  const { model: _, ...unnamed } = CALIBRATION
  writeFileSync(file, calibrationJson(unnamed))
  t.strictSame(readCalibration(file), unnamed)
})

test('a file that is no calibration is refused by its field', async t => {
  const file = join(t.testdir(), 'threshold.json')
  for (const [change, message] of [
    [{ threshold: 5 }, 'threshold, expected a number from 0 to 4, found 5'],
    [{ threshold: null }, 'threshold, expected a number from 0 to 4, found null'],
    [{ far_interval: [0.1] }, 'far_interval[1], expected a number from 0 to 1, found none'],
    [{ calibration: 2 }, 'calibration, expected a number from 1 to 1, found 2'],
    [{ embedding_size: 1.5 }, 'embedding_size, expected a whole number of at least 1, found 1.5'],
    [{ model: { name: 'a' } }, 'model.sha256, expected a value, found none'],
    [{ surprise: 1 }, 'surprise, expected no such field, found 1'],
  ] as const) {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(calibrationJson(CALIBRATION)), ...change }))
    t.throws(() => readCalibration(file), { name: 'DataError', message: `${file}: ${message}` })
  }
  writeFileSync(file, 'threshold: 1')
  t.throws(() => readCalibration(file), { name: 'DataError', expected: 'JSON' })
})

test('a threshold of other embeddings is refused', async t => {
  const kind = { embeddingSize: 512, flip: true, model: CALIBRATION.model }
  t.doesNotThrow(() => checkCalibration(CALIBRATION, kind))
  t.doesNotThrow(() => checkCalibration(CALIBRATION, { ...kind, model: undefined }), 'nothing says whose they are')
  t.doesNotThrow(() => checkCalibration(CALIBRATION, { ...kind, model: { ...kind.model!, name: 'renamed.onnx' } }))
  t.throws(
    () => checkCalibration(CALIBRATION, { ...kind, flip: false, model: undefined }, 'threshold.json'),
    new DataError({
      file: 'threshold.json',
      expected: 'a calibration for embeddings of 512 numbers without mirror images',
      found: 'one for embeddings of 512 numbers with mirror images',
    }),
  )
  t.throws(() => checkCalibration(CALIBRATION, { ...kind, embeddingSize: 128 }), { message: /of 128 numbers/ })
  t.throws(() => checkCalibration(CALIBRATION, { ...kind, model: { ...kind.model!, sha256: '00'.repeat(32) } }), {
    message: /r50\.onnx \(000000000000, rgb mean=127\.5 std=128\), found .*r50\.onnx \(c0ffeec0ffee, rgb/,
  })
  t.throws(() => checkCalibration(CALIBRATION, { ...kind, model: { ...kind.model!, preprocess: 'raw' } }), {
    name: 'DataError',
  })
})

test('the table says what a person needs', async t => {
  t.equal(
    calibrationTable(CALIBRATION),
    `4300 faces drawn of 5000 of 500 people, with mirror images
threshold     1.2500            squared distance, accept below; 95% 1.2000 … 1.3000
cosine        0.3750            accept above; 95% 0.3500 … 0.4000
FAR           1.0e-4            true rate 95% 4.2e-5 … 2.3e-4
rests on      9000000 pairs     of two people, 899 accepted; worth 123457 independent ones
smallest FAR  2.4e-5            that 500 people can support
`,
  )
})
