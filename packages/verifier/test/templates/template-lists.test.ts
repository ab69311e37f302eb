import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readDetectorScores, readTemplateList, readTemplatePairs } from '../../src/templates/template-lists.js'
import { MAX_LINE_BYTES, textLines } from '../../src/templates/text-lines.js'

test('the lists say which images are of which media and template', async t => {
  const folder = t.testdir({
    'tid_mid.txt': 'a.jpg 7 1\r\nb.jpg 7 2\r\n\r\nc.jpg 9 2\r\nd.jpg 7 2\r\na.jpg 9 1',
    'pairs.txt': '7 9 0\n9 9 1\n',
    'scores.txt': 'a.jpg 1 2 0.5\nb.jpg 0.25\n',
  })
  const list = readTemplateList(join(folder, 'tid_mid.txt'))
  t.strictSame(list.ids, [7, 9])
  t.strictSame(list.media, [
    { template: 0, images: 1 },
    { template: 0, images: 2 },
    { template: 1, images: 1 },
    { template: 1, images: 1 },
  ])
  t.strictSame(
    [...list.images],
    [
      ['a.jpg', [0, 3]],
      ['b.jpg', [1]],
      ['c.jpg', [2]],
      ['d.jpg', [1]],
    ],
  )
  t.strictSame(readTemplatePairs(join(folder, 'pairs.txt'), list), {
    length: 2,
    left: Uint32Array.of(0, 1),
    right: Uint32Array.of(1, 1),
    same: Uint8Array.of(0, 1),
  })
  t.strictSame(
    [...readDetectorScores(join(folder, 'scores.txt'))],
    [
      ['a.jpg', 0.5],
      ['b.jpg', 0.25],
    ],
  )
})

test('a bad line is named by its number', async t => {
  const folder = t.testdir({ 'good.txt': 'a.jpg 7 1\nb.jpg 9 1\n' })
  const file = join(folder, 'list.txt')
  const list = readTemplateList(join(folder, 'good.txt'))
  const images = () => readTemplateList(file)
  const pairs = () => readTemplatePairs(file, list)
  const scores = () => readDetectorScores(file)
  const long = 'x'.repeat(100)
  for (const [text, read, message] of [
    ['a.jpg 7 1\nb.jpg 7\n', images, 'line 2, expected an image name, a template id and a media id, found "b.jpg 7"'],
    ['\n\na.jpg 7 1.5', images, 'line 3, expected an image name, a template id and a media id, found "a.jpg 7 1.5"'],
    ['a.jpg -7 1', images, 'line 1, expected an image name, a template id and a media id, found "a.jpg -7 1"'],
    ['a.jpg 7 1 1', images, 'line 1, expected an image name, a template id and a media id, found "a.jpg 7 1 1"'],
    [long, images, `line 1, expected an image name, a template id and a media id, found "${long.slice(0, 60)}…"`],
    ['a.jpg 7 1\na.jpg 7 1', images, 'line 2, expected each image of a media once, found "a.jpg 7 1"'],
    ['', images, 'expected a line for each image, found none'],
    [
      '\u0000\u0001\u0002\n',
      images,
      'line 1, expected an image name, a template id and a media id, found "\\u0000\\u0001\\u0002"',
    ],
    ['7 9 0\n7 8 1\n', pairs, 'line 2, expected templates that the list of images has, found "7 8 1"'],
    ['7 9 2\n', pairs, 'line 1, expected two template ids, and 1 for one person or 0 for two, found "7 9 2"'],
    ['7,9,1\n', pairs, 'line 1, expected two template ids, and 1 for one person or 0 for two, found "7,9,1"'],
    ['7 9 0\n', pairs, 'expected pairs of templates of one person and of two, found of two people only'],
    ['7 7 1\n', pairs, 'expected pairs of templates of one person and of two, found of one person only'],
    ['', pairs, 'expected pairs of templates of one person and of two, found none'],
    ['a.jpg 1\nb.jpg\n', scores, 'line 2, expected an image name, and its score as the last number, found "b.jpg"'],
    ['a.jpg high\n', scores, 'line 1, expected an image name, and its score as the last number, found "a.jpg high"'],
    [
      `a 1 1\n${'y'.repeat(MAX_LINE_BYTES + 1)}\n`,
      images,
      `line 2, expected at most ${MAX_LINE_BYTES} bytes, found more`,
    ],
  ] as const) {
    writeFileSync(file, text)

    t.throws(read, { name: 'DataError', message: `${file}: ${message}` })
  }
  t.throws(() => readTemplateList(join(folder, 'missing.txt')), { code: 'ENOENT' })
})

test('lines come whole, however they lie in what is read at once', async t => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i}.jpg ${'é'.repeat(i % 40)}`)
  const file = join(t.testdir({ 'lines.txt': lines.join('\n') }), 'lines.txt')
  const read = [...textLines(file)]
  t.equal(read.length, lines.length)
  t.ok(read.every(({ number, fields }, i) => number === i + 1 && fields.join(' ') === lines[i]!.trim()))
})

test('a line without end is refused before it is all read', async t => {
  const file = join(t.testdir({ 'endless.txt': 'z'.repeat(4 << 20) }), 'endless.txt')
  t.throws(() => [...textLines(file)], {
    message: `${file}: line 1, expected at most ${MAX_LINE_BYTES} bytes, found more`,
  })
})
