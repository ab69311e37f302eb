import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { AttributeStore, joinAttributes, storeAttributes } from '../src/index.js'
import { scratch } from './scratch.js'

const records = [
  { id: 3, label: 1 },
  { id: 'a/1.jpg', label: 0 },
  { id: 2n ** 64n - 1n },
  { label: 4 },
  { id: 3, label: 2 },
]

test('attributes of each shape of JSON, by number, text and large integer', async t => {
  const lines =
    '{"id":"3","age":30}\n{"age":31,"id":"a/1.jpg"}\n{"id":18446744073709551615,"embedding":[1]}\n{"id":9}\n'
  const shapes = {
    'a.jsonl': lines,
    'a.json': `[${lines.trim().split('\n').join()}]`,
    'keyed.json': '{"3":{"age":30},"a/1.jpg":{"age":31},"18446744073709551615":{"embedding":[1]},"9":{}}',
  }
  const folder = scratch(t, shapes)
  for (const name of Object.keys(shapes)) {
    const store = storeAttributes(join(folder, name), { by: 'id', folder })
    t.equal(store.count, 4)
    const joined = [...joinAttributes(records, store, { by: 'id' })]
    store.close()
    t.strictSame(
      joined.map(({ record, matched }) => [
        { ...record, embedding: Array.from(record.embedding?.data ?? []) },
        matched,
      ]),
      [
        [{ id: 3, label: 1, age: 30, embedding: [] }, true],
        [{ id: 'a/1.jpg', label: 0, age: 31, embedding: [] }, true],
        [{ id: 2n ** 64n - 1n, embedding: Array.from(tensorOf(Float32Array.of(1)).data) }, true],
        [{ label: 4, embedding: [] }, false],
        [{ id: 3, label: 2, age: 30, embedding: [] }, true],
      ],
    )
  }
})

test('by another field, under one of their own', async t => {
  const folder = scratch(t, { 'people.json': '[{"label":1,"name":"Ann","id":7},{"label":2,"name":"Bob","id":8}]' })
  const store = storeAttributes(join(folder, 'people.json'), { by: 'label', folder })
  t.strictSame(
    [...joinAttributes(records, store, { by: 'label', under: 'person' })].map(({ record }) => record.person),
    [{ name: 'Ann', id: 7 }, undefined, undefined, undefined, { name: 'Bob', id: 8 }],
  )
  t.throws(() => [...joinAttributes(records, store, { by: 'label', source: 'x.rec' })], {
    name: 'DataError',
    message: 'x.rec: record 0 (id 3): has a field "id" already; --under puts the attributes in a field of their own',
  })
})

test('what is wrong is said with file and line', async t => {
  const wrong: [string, string, object][] = [
    ['a.jsonl', '{"id":1}\n{"age":2}', { message: /a\.jsonl:2: expected a number or a string as id, found none$/ }],
    ['a.jsonl', '{"id":null}', { message: /a\.jsonl:1: .*found null$/ }],
    ['a.jsonl', '{"id":1,"end":true}', { message: /a\.jsonl:1: field "end", expected another name/ }],
    ['a.jsonl', '{"id":1,"image":"x"}', { message: /a\.jsonl:1: field "image"/ }],
    ['a.jsonl', '{"id":1}\n{"id":2}\n{"id":"1"}', { message: /a\.jsonl: id 1: expected one object, found two$/ }],
    ['a.json', '{"1":{},\n"2":3}', { message: /a\.json:2: .*expected an object under "2", found 3$/ }],
  ]
  for (const [name, text, error] of wrong) {
    const folder = scratch(t, { [name]: text })
    t.throws(() => storeAttributes(join(folder, name), { by: 'id', folder }), { name: 'DataError', ...error }, text)
  }
  const lines = scratch(t, { 'a.jsonl': '{"box":{"x":1},"id":1}' })
  t.equal(storeAttributes(join(lines, 'a.jsonl'), { by: 'id', folder: lines }).count, 1, '.jsonl is never keyed')
})

test('hostile names are names', async t => {
  const folder = scratch(t, { 'a.jsonl': '{"id":"__proto__","__proto__":{"polluted":1},"constructor":2}' })
  const store = storeAttributes(join(folder, 'a.jsonl'), { by: 'id', folder })
  const [joined] = joinAttributes([{ id: '__proto__' }], store, { by: 'id' })
  t.strictSame(Object.keys(joined!.record), ['id', '__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(joined!.record), Object.prototype)
})

test('more keys in a bucket than are held, and attributes longer than are read at first', async t => {
  const folder = scratch(t)
  const store = new AttributeStore(folder)
  const keys: string[] = []
  for (let i = 0; keys.length < 600; i++) {
    if (createHash('sha256').update(`key ${i}`).digest()[0] === 7) keys.push(`key ${i}`)
  }
  for (const [i, key] of keys.entries()) store.add(key, { i, long: i % 100 === 0 ? 'x'.repeat(3000) : '' })
  store.add('other', { large: 'x'.repeat(3_000_000) })
  store.seal()
  t.equal(store.count, 601)
  t.ok(keys.every((key, i) => store.find(key)?.i === i))
  const long = (key: string) => String(store.find(key)?.long ?? store.find(key)?.large).length
  t.strictSame([long(keys[100]!), long(keys[101]!), long('other')], [3000, 0, 3_000_000])
  for (let i = 0; i < 1000; i++) if (store.find(`none ${i}`) !== undefined) t.fail('found what is not there')
  store.close()
})
