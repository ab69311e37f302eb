import { join } from 'node:path'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { buildTemplates } from '../../src/templates/build-templates.js'
import { readTemplateList } from '../../src/templates/template-lists.js'

const image = (id: string, ...values: number[]): DataMap => ({ id, embedding: tensorOf(Float32Array.from(values)) })

test('a video counts as one image, and templates are as long as 1', async t => {
  const list = readTemplateList(join(t.testdir({ l: 'a 5 1\nb 5 2\nc 5 2\nd 6 1\na 6 2\n' }), 'l'))
  const records = [image('x/c', 1, 3), image('other', 9, 9), image('y/a', 2, 0), image('b', 3, 1), image('d', 0, 4)]
  const { templates, ...rest } = buildTemplates(records, list)
  t.strictSame(rest, { length: 2, size: 2, images: 4, others: 1, flip: false })
  // 5: (2, 0) + the mean of (3, 1) and (1, 3) = (4, 2). 6: (0, 4) + (2, 0).
  const long = Math.sqrt(20)
  t.ok([4 / long, 2 / long, 2 / long, 4 / long].every((value, i) => Math.abs(templates[i]! - value) < 1e-15))
})

test('says what does not fit', async t => {
  const list = readTemplateList(join(t.testdir({ l: 'a 5 1\nb 5 2\nc 6 2\n' }), 'l'))
  const all = [image('a', 1, 2), image('b', 2, 1), image('c', 1, 1)]
  const build = (records: DataMap[], scores?: Map<string, number>) => () =>
    buildTemplates(records, list, { source: 'ijb', scores })
  const fault = { file: 'ijb', record: 1, id: 'b' }
  t.doesNotThrow(build(all))
  t.throws(build(all.slice(0, 1)), { message: `ijb: b and 1 more images of ${list.file} are not in the stream` })
  t.throws(build(all.slice(0, 2)), { message: `ijb: c of ${list.file} is not in the stream` })
  t.throws(build([image('z', 1, 1)]), { message: `ijb: a and 2 more images of ${list.file} are not in the stream` })
  t.throws(build([all[0]!, image('p/a', 1, 2)]), new DataError({ ...fault, id: 'p/a', message: 'a came before' }))
  t.throws(
    build([all[0]!, image('b', 1)]),
    new DataError({
      ...fault,
      expected: 'an embedding of 2 numbers, as before',
      found: '1',
    }),
  )
  t.throws(build([all[0]!, { ...all[1]!, flipped: all[1]!.embedding! }]), {
    message: /an embedding without flipped, as before, found one with flipped$/,
  })
  t.throws(build([all[0]!, { id: 'b' }]), {
    message: 'ijb: record 1 (id b): no embedding: put arcface-embed before this command',
  })
  t.throws(build(all, new Map([['a', 1]])), new DataError({ ...fault, message: 'no score of b' }))
  t.throws(build([all[0]!, image('b', -1, -2), all[2]!]), { message: 'ijb: the embeddings of template 5 cancel out' })
})
