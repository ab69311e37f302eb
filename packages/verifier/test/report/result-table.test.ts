import { test } from 'tap'
import type { MeasuredPairs } from '../../src/pairs/measured-pairs.js'
import { resultJson } from '../../src/report/result-json.js'
import { resultTable } from '../../src/report/result-table.js'
import { verificationResult } from '../../src/verification-result.js'
import { columnsOf, listOf, measuredPairs } from '../pairs.js'

const resultOf = (pairs: MeasuredPairs) => verificationResult(pairs, { seed: 1, samples: 100 })

const apart = measuredPairs(2000, i => ({ same: i % 2 === 0, distance: i % 2 === 0 ? 0.5 : 1.5 }))

test('a table for people', async t => {
  const table = resultTable(resultOf(apart))
  t.match(table, '2000 pairs, 1000 same and 1000 different, without mirror images; protocol insightface\n')
  t.match(table, /^accuracy +1\.0000 ± 0\.0000 +10 folds; 1\.0000 … 1\.0000$/m)
  t.match(table, /^threshold +0\.51 +squared distance; cosine 0\.745$/m)
  t.match(
    table,
    /^TAR@FAR=1e-2 .* FAR on the folds tested 1\.0000$/m,
    'all different pairs are tied, so all are accepted',
  )
  t.match(table, /^TAR@FAR=1e-3 .* \*$/m, 'one false accept in 900 is more than 1e-3')
  t.match(table, /^\* FAR 1e-3, 1e-4, 1e-5, 1e-6: finer than 1000 different pairs can tell/m)
})

test('thresholds that differ are a range, from the lowest, and so are the cosines', async t => {
  const result = resultOf(apart)
  const { verification } = result
  const folds = verification.folds.map((fold, i) => ({ ...fold, threshold: i === 3 ? 1.4 : 1.5 }))
  const line = /^threshold +1\.40 … 1\.50 +squared distance; cosine 0\.250 … 0\.300$/m
  t.match(resultTable({ ...result, verification: { ...verification, folds } }), line)
})

test('says where folds lack a kind and where pairs are lost', async t => {
  const sorted = measuredPairs(40, i => ({ same: i < 20, distance: 1 }))
  t.match(resultTable(resultOf(sorted)), /^Fold 6, 7, 8, 9, 10: no genuine pair, so pairs of one kind only/m)
  t.match(resultTable(resultOf(columnsOf(listOf(apart).slice(3)))), /^3 of 2000 pairs did not come/m)
})

test('JSON for programs, every digit', async t => {
  const { verification, ...result } = resultOf(apart)
  const text = [...resultJson({ verification, ...result })].join('')
  t.equal(text.trim().split('\n').length, 1)
  const json = JSON.parse(text) as Record<string, unknown>
  const fields =
    'protocol pairs same missing flip accuracy thresholds auc auc_exact eer tar xnorm exact intervals notes'.split(' ')
  t.strictSame(Object.keys(json).sort(), fields.sort())
  t.strictSame(json.accuracy, { mean: 1, std: 0, folds: Array(10).fill(1) })
  t.strictSame(json.thresholds, Array(10).fill(0.51))
  t.strictSame(Object.keys(json.tar as object), ['1e-1', '1e-2', '1e-3', '1e-4', '1e-5', '1e-6'])
  t.strictSame((json.tar as Record<string, unknown>)['1e-1'], {
    mean: 1,
    std: 0,
    far: verification.tar['1e-1'].far,
    thresholds: verification.tar['1e-1'].thresholds,
    unreached: 0,
  })
})
