import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { HardestPairs } from '../../src/pairs/hardest-pairs.js'
import type { MeasuredPairs } from '../../src/pairs/measured-pairs.js'
import { type OtherResult, readOtherResult } from '../../src/report/other-result.js'
import { resultJson } from '../../src/report/result-json.js'
import { verificationPage } from '../../src/report/verification-page.js'
import { verificationResult } from '../../src/verification-result.js'
import { listOf, measuredPairs, scatteredPairs } from '../pairs.js'

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3)
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)

interface Given {
  source?: string
  id?: string
  image?: Uint8Array
  others?: OtherResult[]
  groupBy?: string
}

const MODEL = { name: 'r50.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }

function report(pairs: MeasuredPairs, { source, id, image, others = [], groupBy }: Given = {}): string {
  const hardest = new HardestPairs(5)
  for (const pair of listOf(pairs))
    hardest.add(pair, [
      { id, image },
      { id, image },
    ])
  const result = verificationResult(pairs, { source, model: MODEL, seed: 1, samples: 50, groupBy })
  return verificationPage({ result, pairs, hardest, others })
}

test('holds the figures', async t => {
  const pairs = scatteredPairs(500, 5)
  const { verification, intervals } = verificationResult(pairs, { seed: 1, samples: 50 })
  const { accuracy, folds, tar, aucExact } = verification
  const html = report(pairs)
  t.match(html, `<b>${(accuracy.mean * 100).toFixed(2)} %</b>`)
  t.match(html, `<b>${aucExact.toFixed(4)}</b>`)
  t.match(html, `<td>${(tar['1e-1'].mean * 100).toFixed(2)} % ± ${(tar['1e-1'].std * 100).toFixed(2)}</td>`)
  t.equal(html.match(/<tr><th scope="row">\d+<\/th>/g)?.length, 10, 'a row for each fold')
  for (const { threshold } of folds) t.match(html, `<td>${threshold.toFixed(2)}</td>`)
  const accepts = folds.reduce((sum, fold) => sum + fold.falseAccepts, 0)
  t.match(html, `${accepts} false accepts among`)
  const { low, high } = intervals!.tars[1]!
  t.match(html, `<td>${(low * 100).toFixed(2)} – ${(high * 100).toFixed(2)}</td>`)
})

test('names the settings: model, fingerprint, preprocessing, source, protocol, bootstrap', t => {
  const html = report(scatteredPairs(50, 2), { source: 'faces of ann/lfw.bin' })
  t.notMatch(html, 'ann', 'nothing of where it lies')
  const texts = ['r50.onnx', MODEL.sha256, MODEL.preprocess, 'lfw.bin', 'insightface', '50 samples of 50 pairs, seed 1']
  for (const text of texts) t.match(html, `<dd>${text}</dd>`)
  t.end()
})

test('shows other models of the same set beside this one', t => {
  const pairs = scatteredPairs(500, 5)
  const other = scatteredPairs(500, 6)
  // Of the same pairs: as far apart as another network finds them.
  other.same.set(pairs.same)
  const folder = t.testdir({})
  const write = (name: string, of: MeasuredPairs, samples: number) => {
    const result = verificationResult(of, { model: { ...MODEL, name }, seed: 1, samples })
    writeFileSync(join(folder, `${name}.json`), [...resultJson(result)].join(''))
    return { file: join(folder, `${name}.json`), result }
  }
  const { file, result } = write('worse & <b>', other, 50)
  const { verification } = verificationResult(pairs, { seed: 1, samples: 0 })
  const read = readOtherResult(file, verification)
  t.match(read, {
    name: 'worse & <b> (abababab)',
    accuracy: result.verification.accuracy,
    eer: result.exact.eer,
    tar: result.exact.tar['1e-3'].tar,
    intervals: { accuracy: result.intervals!.accuracy, tar: result.intervals!.tars[2] },
  })
  t.same(
    read.points,
    result.exact.det.map(({ fmr, fnmr }) => ({ fmr, fnmr })),
  )
  t.equal(readOtherResult(write('plain', other, 0).file, verification).intervals, undefined)
  const html = report(pairs, { others: [read] })
  t.equal(
    html.match(/<g class="colour-1"><title>worse &#38; &#60;b&#62;/g)?.length,
    2,
    'a curve in the ROC and one in the DET',
  )
  t.match(html, `<td>${(read.accuracy.mean * 100).toFixed(2)} % ± ${(read.accuracy.std * 100).toFixed(2)}</td>`)
  t.equal(unbalanced(html), undefined)
  t.throws(() => readOtherResult(write('fewer', scatteredPairs(400, 6), 0).file, verification), {
    message: /fewer\.json: expected a result of the same set, 500 pairs, \d+ of them same, found one of 400 pairs/,
  })
  t.end()
})

test('shows the figures of groups', t => {
  const pairs = scatteredPairs(500, 5)
  const left = Uint32Array.from({ length: 500 }, (_, i) => i % 2)
  const right = left.map((value, i) => (i % 5 === 0 ? 1 - value : value))
  const html = report({ ...pairs, groups: { names: ['<Asian>', 'Indian'], left, right } }, { groupBy: 'race' })
  t.match(html, '<h2>By race</h2>')
  for (const name of ['&#60;Asian&#62;', 'Indian', 'two values']) t.match(html, `<th scope="row">${name}</th>`)
  t.equal(unbalanced(html), undefined)
  t.end()
})

test('the band of the bootstrap holds the curve, where intervals hold its rates', t => {
  const pairs = scatteredPairs(2000, 9)
  const { band, exact } = verificationResult(pairs, { seed: 1, samples: 200 })
  t.ok(band.length > 10)
  for (const { far, tar } of band) {
    t.ok(far <= 0.1)
    const at = exact.det.find(point => point.fmr <= far && point.fmr > far * 0.95)
    if (at !== undefined) t.ok(tar.low <= at.tar && at.tar <= tar.high, `${at.tar} at ${far}`)
  }
  t.match(report(pairs), /<path class="band" d="M[^"]+Z"/)
  t.end()
})

test('is well formed, and every number in its charts is one', async t => {
  const sets = [
    scatteredPairs(500, 5),
    scatteredPairs(10, 1),
    measuredPairs(20, i => ({ same: i % 2 === 0, distance: 1 })),
    measuredPairs(20, i => ({ same: i % 2 === 0, distance: i % 2 === 0 ? 0 : 4 })),
    measuredPairs(20, i => ({ same: i % 2 === 0, distance: i % 2 === 0 ? 4 : 0 })),
  ]
  for (const pairs of sets) {
    const html = report(pairs, { image: JPEG })
    t.equal(unbalanced(html), undefined)
    t.notMatch(html, /NaN|Infinity|undefined|\[object/)
  }
})

test('keeps to the frame of its charts', async t => {
  const html = report(scatteredPairs(500, 5))
  for (const [, name, text] of html.matchAll(/ (x|x1|x2|cx|y|y1|y2|cy)="([^"]*)"/g)) {
    const value = Number(text)
    t.ok(value >= 0 && value <= (name!.includes('x') ? 560 : 380), `${name}=${text}`)
  }
})

test('escapes what comes from the stream', async t => {
  const html = report(scatteredPairs(50, 2), {
    source: '<script>a&b',
    id: `"><img src='x'>`,
    image: PNG,
  })
  t.notMatch(html, '<script')
  t.notMatch(html, `<img src='x'`)
  t.match(html, '&#60;script&#62;a&#38;b')
  t.match(html, /alt="Pair \d+, left face, &#34;&#62;&#60;img/)
  t.equal(unbalanced(html), undefined)
})

test('fetches nothing and runs nothing', async t => {
  const html = report(scatteredPairs(50, 2), { image: JPEG })
  t.notMatch(html, /https?:|<script|<link|@import|url\(|\son\w+=/)
  t.match(html, "default-src 'none'")
})

test('shows images as data of their type, with words for who does not see them', async t => {
  const jpeg = report(scatteredPairs(50, 2), { image: JPEG })
  t.match(jpeg, `src="data:image/jpeg;base64,${Buffer.from(JPEG).toString('base64')}"`)
  t.match(report(scatteredPairs(50, 2), { image: PNG }), 'src="data:image/png;base64,')
  t.notMatch(report(scatteredPairs(50, 2), { image: Uint8Array.of(1, 2, 3, 4) }), '<img')
  t.notMatch(report(scatteredPairs(50, 2)), '<img')
  t.equal(jpeg.match(/<img [^>]*alt="[^"]+"/g)?.length, jpeg.match(/<img /g)?.length)
  t.equal(jpeg.match(/<svg [^>]*role="img" aria-labelledby/g)?.length, 3)
  t.equal(jpeg.match(/<desc id="[^"]+">[^<]+<\/desc>/g)?.length, 3)
})

test('marks the pairs that their fold got wrong, and no others', async t => {
  const pairs = measuredPairs(40, i => ({ same: i % 2 === 0, distance: i % 2 === 0 ? 0.5 : 1.5 }))
  t.notMatch(report(pairs), 'class="wrong"')
  pairs.distances[7] = 0.2
  pairs.distances[8] = 3
  const html = report(pairs)
  t.equal(html.match(/class="wrong"/g)?.length, 2)
  t.match(html, '<strong>0.200</strong> <b class="wrong">false accept</b>')
  t.match(html, '<strong>3.000</strong> <b class="wrong">false reject</b>')
  t.match(html, /pair 7 · fold 2: below \d\.\d\d/, 'by the threshold of its own fold')
})

test('the same verification gives the same bytes', async t => {
  t.equal(report(scatteredPairs(50, 2)), report(scatteredPairs(50, 2)))
})

/** The first tag that is closed in the wrong place or not at all. */
function unbalanced(html: string): string | undefined {
  const VOID = new Set(['meta', 'img', 'br'])
  const open: string[] = []
  for (const [tag, slash, name, close] of html
    .replace(/<!DOCTYPE html>/, '')
    .matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return tag
    } else if (!VOID.has(name!) && close !== '/') open.push(name!)
  }
  return open[0]
}
