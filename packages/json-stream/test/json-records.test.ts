import { join } from 'node:path'
import { tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { jsonRecords } from '../src/index.js'
import { scratch } from './scratch.js'

const JPEG = Buffer.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3)

test('names are numbered in the order in which they come, and told ahead', async t => {
  const folder = scratch(t, {
    'a.json': '[{"id": 1, "label": "Zoë"}, {"id": 2, "label": "Ann"}, {"id": 3, "label": "Zoë"}]',
    'b.jsonl': '{"label": "Bob"}\n{"label": "Ann"}\n{"id": 6}\n',
  })
  const files = [join(folder, 'a.json'), join(folder, 'b.jsonl')]
  t.strictSame(
    [...jsonRecords(files)],
    [
      { begin: { source: files.join(', '), classes: 3, names: ['Zoë', 'Ann', 'Bob'] } },
      { record: { id: 1, label: 0 } },
      { record: { id: 2, label: 1 } },
      { record: { id: 3, label: 0 } },
      { record: { label: 2 } },
      { record: { label: 1 } },
      { record: { id: 6 } },
    ],
  )
})

test('a begin says the names, the count, and where a stream begins', async t => {
  const folder = scratch(t, {
    'a.jsonl': '{"begin":1,"names":["Ann","Bob"],"count":2}\n{"label":"Bob"}\n{"label":0}\n{"begin":1}\n{"label":7}\n',
  })
  t.strictSame(
    [...jsonRecords([join(folder, 'a.jsonl')])],
    [
      { begin: { names: ['Ann', 'Bob'], count: 2 } },
      { record: { label: 1 } },
      { record: { label: 0 } },
      { begin: {} },
      { record: { label: 7 } },
    ],
  )
})

test('fields become what the record stream says they are', async t => {
  const folder = scratch(t, {
    'a.jsonl':
      '{"id":18446744073709551615,"label":[1,0.5],"embedding":[0.1,2],"image":{"base64":"AQI="},"box":[1,2],"__proto__":{"x":1}}',
  })
  const [, part] = jsonRecords([join(folder, 'a.jsonl')])
  t.strictSame(Object.keys(part!.record!), ['id', 'label', 'embedding', 'image', 'box', '__proto__'])
  const { id, label, embedding, image, box } = part!.record!
  t.strictSame(
    { id, label, embedding, image: [...image!], box },
    {
      id: 18446744073709551615n,
      label: tensorOf(Float32Array.of(1, 0.5)),
      embedding: tensorOf(Float32Array.of(0.1, 2)),
      image: [1, 2],
      box: [1, 2],
    },
  )
})

test('what is wrong is said with file and line', async t => {
  const wrong: [string, object][] = [
    [
      '{"id":1}\n{"id":1.5}',
      { file: /a\.jsonl:2$/, message: /field "id", expected a whole number or a string, found 1.5$/ },
    ],
    ['{"image":"x.jpg"}', { message: /a\.jsonl:1: field "image", expected \{"base64": "…"\}, found "x\.jpg"$/ }],
    ['{"label":true}', { message: /field "label", expected a number or an array of numbers, found true$/ }],
    ['{"label":[1,"x"]}', { message: /field "label", expected a float32 number, found "x"$/ }],
    ['{"label":"Ann"}\n{"label":3}', { message: /a\.jsonl:2: expected a label that is a name, as before, found 3$/ }],
    [
      '{"label":3}\n{"label":"Ann"}',
      { message: /a\.jsonl:2: expected a label that is a number, as before, found "Ann"$/ },
    ],
    [
      '{"begin":1,"names":["Ann"]}\n{"label":"Bob"}',
      { message: /:2: expected one of the begin's names as label, found "Bob"$/ },
    ],
    ['{"begin":1,"names":[1]}', { message: /:1: expected names that are strings/ }],
    ['{"begin":2}', { message: /:1: expected a begin of version 1, found 2$/ }],
    ['{"begin":1,"count":-1}', { message: /expected a count and classes that are whole numbers, found -1$/ }],
    [
      '{"begin":1,"count":2,"source":"x.rec"}\n{"id":1}',
      { message: 'x.rec: expected 2 records, as the begin says, found 1' },
    ],
    ['{"begin":1,"count":0}\n{"id":1}\n{"begin":1}', { message: /expected 0 records, as the begin says, found 1$/ }],
    ['{"id":1,"end":true}', { message: /field "end", expected another name/ }],
    ['', { message: /expected JSON, found nothing$/ }],
  ]
  for (const [text, error] of wrong) {
    const folder = scratch(t, { 'a.jsonl': text })
    t.throws(() => [...jsonRecords([join(folder, 'a.jsonl')])], { name: 'DataError', ...error }, text)
  }
})

test('images that a list names', async t => {
  const folder = scratch(t, {
    'list.json':
      '[{"path":"a/1.jpg","label":"Ann"},{"id":5,"path":"./a/../b c.jpg"},{"id":6,"image":{"base64":"AQ=="},"path":"x"}]',
    'faces/a/1.jpg': JPEG,
    'faces/b c.jpg': JPEG,
    'outside.jpg': JPEG,
    'faces/text.jpg': 'no image',
    'faces/none.jpg': '',
  })
  const images = join(folder, 'faces')
  const records = [...jsonRecords([join(folder, 'list.json')], { images })].slice(1).map(({ record }) => record)
  t.strictSame(records, [
    { id: 'a/1.jpg', label: 0, image: JPEG },
    { id: 5, image: JPEG },
    { id: 6, image: Buffer.of(1), path: 'x' },
  ])
  const absolute = scratch(t, { 'list.jsonl': JSON.stringify({ path: join(images, 'a/1.jpg') }) })
  t.match(
    [...jsonRecords([join(absolute, 'list.jsonl')], { images })][1]?.record,
    { image: JPEG },
    'absolute, in the folder',
  )
  t.strictSame(
    [...jsonRecords([join(folder, 'list.json')])][1]?.record,
    { path: 'a/1.jpg', label: 0 },
    'without a folder',
  )

  const wrong: [string, RegExp][] = [
    ['{"path":"../outside.jpg"}', /list\.jsonl:1: expected a path within .*faces, found "\.\.\/outside\.jpg"$/],
    ['{"path":"a/../../outside.jpg"}', /expected a path within/],
    [JSON.stringify({ path: join(folder, 'outside.jpg') }), /expected a path within/],
    ['{"path":"a\\u0000"}', /expected a path within/],
    ['{"path":""}', /expected an image, or its path, found ""$/],
    ['{"id":1}', /expected an image, or its path, found none$/],
    ['{"path":"text.jpg"}', /expected a JPEG or PNG at .*text\.jpg, found a text$/],
    ['{"path":"none.jpg"}', /found an empty file$/],
    ['{"path":"missing.jpg"}', /list\.jsonl:1: expected a JPEG or PNG at .*missing\.jpg, found no such file$/],
  ]
  for (const [text, error] of wrong) {
    const lists = scratch(t, { 'list.jsonl': text })
    t.throws(() => [...jsonRecords([join(lists, 'list.jsonl')], { images })], error, text)
  }
})
