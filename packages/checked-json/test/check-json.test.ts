import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  byKind,
  checked,
  either,
  flag,
  list,
  number,
  object,
  objectWith,
  oneOf,
  optional,
  parseJson,
  positive,
  readJson,
  text,
  tuple,
  whole,
} from '../src/index.js'

const SCHEMA = object({
  name: text,
  count: whole(2),
  share: optional(number(0, 1)),
  ready: flag,
  any: optional(number()),
  deviation: optional(positive),
  colour: oneOf(['red', 'blue']),
  sizes: tuple([number(0), number(0)]),
  tags: list(text),
  head: byKind({ a: { margin: number(0) }, b: {} }),
  span: optional(either([object({ steps: whole(1) }), object({ epochs: whole(1) })], 'steps or epochs')),
  inner: optional(object({ list: list(object({ file: text })) })),
})
const WHOLE = {
  name: 'x',
  count: 3,
  ready: true,
  colour: 'red',
  sizes: [1, 2.5],
  tags: [],
  head: { kind: 'a', margin: 0.5 },
} as const

const faultOf = (changes: Record<string, unknown>, schema: Parameters<typeof checked>[1] = SCHEMA) => {
  try {
    return checked(JSON.parse(JSON.stringify({ ...WHOLE, ...changes })), schema, { file: 'x.json' })
  } catch (error) {
    return (error as Error).message
  }
}

t.test('what fits comes out as it went in', async t => {
  t.strictSame(checked(WHOLE, SCHEMA, {}), WHOLE)
  const full = { ...WHOLE, share: 1, head: { kind: 'b' }, inner: { list: [{ file: 'a' }] } }
  t.strictSame(parseJson(JSON.stringify(full), SCHEMA, {}), full)
  t.equal(checked('rot', oneOf(['red', 'blue'], { rot: 'red' }), {}), 'red', 'a former name')
  t.strictSame(checked({ name: 'x', other: 1 }, objectWith({ name: text }), {}), { name: 'x' }, 'its fields alone')
})

t.test('what does not fit is named by file, field, what was expected and what was found', async t => {
  for (const [changes, message] of [
    [{ name: 5 }, 'name, expected a text, found 5'],
    [{ name: undefined }, 'name, expected a value, found none'],
    [{ count: 1 }, 'count, expected a whole number of at least 2, found 1'],
    [{ count: 2.5 }, 'count, expected a whole number of at least 2, found 2.5'],
    [{ count: '3' }, 'count, expected a whole number of at least 2, found "3"'],
    [{ share: 2 }, 'share, expected a number from 0 to 1, found 2'],
    [{ share: null }, 'share, expected a number from 0 to 1, found null'],
    [{ span: { steps: 0 } }, 'span, expected steps or epochs, found {"steps":0}'],
    [{ any: 'x' }, 'any, expected a number, found "x"'],
    [{ deviation: 0 }, 'deviation, expected a number over 0, found 0'],
    [{ ready: 1 }, 'ready, expected true or false, found 1'],
    [{ colour: 'green' }, 'colour, expected red or blue, found "green"'],
    [{ sizes: [1] }, 'sizes[1], expected a number of at least 0, found none'],
    [{ sizes: [1, 2, 3] }, 'sizes[2], expected a list of 2, found 3'],
    [{ sizes: 1 }, 'sizes, expected a list of 2, found 1'],
    [{ sizes: [1, -1] }, 'sizes[1], expected a number of at least 0, found -1'],
    [{ tags: 'a' }, 'tags, expected a list, found "a"'],
    [{ head: { kind: 'c' } }, 'head.kind, expected a or b, found "c"'],
    [{ head: undefined }, 'head, expected a value, found none'],
    [{ head: 7 }, 'head, expected an object, found 7'],
    [{ head: { kind: 'a', margin: -1 } }, 'head.margin, expected a number of at least 0, found -1'],
    [{ head: { kind: 'b', margin: 1 } }, 'head.margin, expected no such field, found 1'],
    [{ inner: { list: [{ file: 'a' }, { file: 2 }] } }, 'inner.list[1].file, expected a text, found 2'],
    [{ extra: { much: 'x'.repeat(100) } }, `extra, expected no such field, found {"much":"${'x'.repeat(51)}…`],
  ] as const) {
    t.equal(faultOf(changes), `x.json: ${message}`)
  }
  t.throws(() => checked(7, SCHEMA, { file: 'x.json', within: 'meta' }), {
    name: 'DataError',
    message: 'x.json: meta, expected an object, found 7',
  })
  t.throws(() => checked({ count: 1 }, objectWith({ count: whole(2) }), { within: 'meta', record: 4 }), {
    message: 'record 4: meta.count, expected a whole number of at least 2, found 1',
  })
})

t.test('files', async t => {
  const file = join(t.testdir(), 'a.json')
  writeFileSync(file, '{"name": "x"}')
  t.strictSame(readJson(file, object({ name: text })), { name: 'x' })
  writeFileSync(file, '{"name": ')
  t.throws(() => readJson(file, object({ name: text })), {
    name: 'DataError',
    message: /a\.json: expected JSON, found ./,
  })
  t.throws(() => parseJson('x', text, { within: 'meta' }), { message: /^expected JSON in meta, found ./ })
  t.throws(() => readJson(join(t.testdirName, 'none'), text), { code: 'ENOENT' })
})
