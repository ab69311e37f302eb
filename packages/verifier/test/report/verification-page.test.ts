import { test } from 'tap'
import { HardestPairs } from '../../src/pairs/hardest-pairs.js'
import type { MeasuredPairs } from '../../src/pairs/measured-pairs.js'
import { verificationPage } from '../../src/report/verification-page.js'
import { verify } from '../../src/verify.js'
import { listOf, measuredPairs, scatteredPairs } from '../pairs.js'

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3)
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)

function report(pairs: MeasuredPairs, options: { source?: string; id?: string; image?: Uint8Array } = {}): string {
  const { source, id, image } = options
  const hardest = new HardestPairs(5)
  for (const pair of listOf(pairs))
    hardest.add(pair, [
      { id, image },
      { id, image },
    ])
  return verificationPage({ verification: verify(pairs), pairs, hardest, source })
}

test('holds the figures', async t => {
  const pairs = scatteredPairs(500, 5)
  const { accuracy, folds, tar, aucExact } = verify(pairs)
  const html = report(pairs)
  t.match(html, `<b>${(accuracy.mean * 100).toFixed(2)} %</b>`)
  t.match(html, `<b>${aucExact.toFixed(4)}</b>`)
  t.match(html, `<td>${(tar['1e-1'].mean * 100).toFixed(2)} % ± ${(tar['1e-1'].std * 100).toFixed(2)}</td>`)
  t.equal(html.match(/<tr><th scope="row">\d+<\/th>/g)?.length, 10, 'a row for each fold')
  for (const { threshold } of folds) t.match(html, `<td>${threshold.toFixed(2)}</td>`)
  const accepts = folds.reduce((sum, fold) => sum + fold.falseAccepts, 0)
  t.match(html, `${accepts} false accepts among`)
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
    source: '</title><script>a&b</script>',
    id: `"><img src='x'>`,
    image: PNG,
  })
  t.notMatch(html, '<script')
  t.notMatch(html, `<img src='x'`)
  t.match(html, '&#60;/title&#62;&#60;script&#62;a&#38;b')
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
  t.equal(jpeg.match(/<svg [^>]*role="img" aria-labelledby/g)?.length, 2)
  t.equal(jpeg.match(/<desc id="[^"]+">[^<]+<\/desc>/g)?.length, 2)
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
