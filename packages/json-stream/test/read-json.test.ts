import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { linePieces } from '../src/line-pieces.js'
import { readAll, scratch } from './scratch.js'

const objects = [{ id: 1, a: [1.5, { b: null }] }, { id: 2, name: 'Zoë "Z" \\ 😀\n' }, {}, { id: 3, t: true, f: false }]
const shapes: Record<string, string> = {
  'JSON Lines': objects.map(object => `${JSON.stringify(object)}\n`).join(''),
  'JSON Lines with CR LF, blank lines and no last newline': objects
    .map(object => JSON.stringify(object))
    .join('\r\n\r\n'),
  'an array on one line': JSON.stringify(objects),
  'a pretty array': JSON.stringify(objects, null, 2),
  'pretty objects one after another': objects.map(object => JSON.stringify(object, null, 4)).join('\n'),
  'objects without a space between': objects.map(object => JSON.stringify(object)).join(''),
  'a byte order mark': `\ufeff${JSON.stringify(objects, null, '\t')}`,
}

for (const [shape, text] of Object.entries(shapes)) {
  test(shape, async t => {
    const folder = scratch(t, { 'a.json': text })
    t.strictSame(
      readAll(join(folder, 'a.json')).map(({ value }) => value),
      objects,
    )
  })
}

test('an object of objects, under their keys', async t => {
  const keyed = { 7: { age: 30 }, 'a/1.jpg': { box: { x: 1 } }, x: {} }
  for (const text of [JSON.stringify(keyed), JSON.stringify(keyed, null, 2)]) {
    const folder = scratch(t, { 'a.json': text })
    t.strictSame(
      readAll(join(folder, 'a.json'), { keyed: true }).map(({ key, value }) => [key, value]),
      Object.entries(keyed),
    )
  }
  const one = scratch(t, { 'a.json': '{"id": 7, "box": {"x": 1}}' })
  t.strictSame(
    readAll(join(one, 'a.json'), { keyed: true }).map(({ key, value }) => [key, value]),
    [[undefined, { id: 7, box: { x: 1 } }]],
    'an object whose first value is none is an item',
  )
  const mixed = scratch(t, { 'a.json': '{"7": {"age": 30},\n"8": 31}' })
  t.throws(() => readAll(join(mixed, 'a.json'), { keyed: true }), {
    name: 'DataError',
    expected: 'an object under "8"',
    found: '31',
  })
})

test('integers stay exact, in lines and in arrays', async t => {
  const digits = ['9007199254740993', '-9223372036854775808', '18446744073709551615', '12345678901234567890']
  const lines = digits.map(number => `{"a":${number}}\n`).join('')
  for (const text of [lines, `[${lines.trim().split('\n').join()}]`]) {
    const folder = scratch(t, { 'a.json': text })
    t.strictSame(
      readAll(join(folder, 'a.json')).map(({ value }) => value),
      digits.map(number => ({ a: BigInt(number) })),
    )
  }
  const folder = scratch(t, { 'a.json': '[{"a": [9007199254740991, 1e3, -0, 0.1234567890123456, 1.0]}]' })
  t.strictSame(readAll(join(folder, 'a.json'))[0]?.value, { a: [9007199254740991, 1000, -0, 0.1234567890123456, 1] })
  for (const number of ['18446744073709551616', '-9223372036854775809', '1'.repeat(5000), '1e999']) {
    const folder = scratch(t, { 'a.json': `\n{"a":\n${number}}` })
    t.throws(() => readAll(join(folder, 'a.json')), { name: 'DataError', file: 'x.json:3' }, number.slice(0, 30))
  }
})

test('hostile keys are keys', async t => {
  const text = '{"__proto__": {"polluted": 1}, "constructor": 2}'
  for (const shape of [text, `[${text}]`, `{"x": ${text}}`]) {
    const folder = scratch(t, { 'a.json': shape })
    const [item] = readAll(join(folder, 'a.json'), { keyed: shape.startsWith('{"x"') })
    t.strictSame(Object.keys(item!.value as object), ['__proto__', 'constructor'])
    t.equal(Object.getPrototypeOf(item!.value), Object.prototype)
  }
  t.equal(({} as { polluted?: number }).polluted, undefined)
})

test('what is no JSON is said with line, byte, what was expected and what is there', async t => {
  const wrong: [string, string | Uint8Array, object][] = [
    ['a bad literal', '{"a": 1}\n{"a": nul}\n', { file: 'x.json:2', offset: 15, expected: 'a value', found: '"n"' }],
    ['a comma too many', '[{"é": 1},\n{"b": 2},]', { file: 'x.json:2', offset: 21, expected: 'a value', found: '"]"' }],
    ['no comma', '[{"a": 1}\n{"b": 2}]', { file: 'x.json:2', offset: 10, expected: "','", found: '"{"' }],
    ['no colon', '{"a" 1}', { file: 'x.json:1', offset: 5, expected: "':'", found: '"1"' }],
    ['a number that begins with 0', '[{"a": 012}]', { file: 'x.json:1', offset: 8, found: '"1"' }],
    ['an escape that is none', '{"a": "\\x41"}', { file: 'x.json:1', offset: 7 }],
    ['a newline in a string', '{"a": "b\nc"}', { file: 'x.json:2', offset: 8 }],
    ['single quotes', "{'a': 1}", { file: 'x.json:1', offset: 1, expected: 'an object key' }],
    ['the end of an array missing', '[{"a": 1},\n{"a": 2}', { offset: 19, found: 'the end' }],
    ['the end within a string', '{"a": "bcd', { offset: 10, found: 'the end' }],
    ['a number', '12', { file: 'x.json:1', expected: 'an object', found: '12' }],
    ['an array of numbers', '[\n{"a": 1}, 12]', { file: 'x.json:2', expected: 'an object', found: '12' }],
    ['an array of arrays', '[[1]]', { expected: 'an object', found: 'an array of 1' }],
    ['nothing', '', { file: 'x.json', expected: 'JSON', found: 'nothing' }],
    ['blanks', ' \n\n', { file: 'x.json', expected: 'JSON', found: 'nothing' }],
    ['Latin-1', Buffer.from('{"a": 1}\n{"é": 2}', 'latin1'), { file: 'x.json:2', offset: 11, expected: 'UTF-8' }],
    ['UTF-16', Buffer.from('{"a": 1}', 'utf16le'), { file: 'x.json:1', offset: 1 }],
  ]
  for (const [what, text, error] of wrong) {
    const folder = scratch(t, { 'a.json': text })
    t.throws(() => readAll(join(folder, 'a.json')), { name: 'DataError', ...error }, what)
  }
})

test('the byte of an error is found again in a large file', async t => {
  const good = `[${Array.from({ length: 60_000 }, (_, i) => `{"id": ${i}, "name": "Zoë ${i}"}`).join()}`
  const folder = scratch(t, { 'a.json': `${good}, {"id": tru]` })
  const offset = Buffer.byteLength(good) + 9
  t.throws(() => readAll(join(folder, 'a.json')), {
    name: 'DataError',
    file: 'x.json:1',
    offset,
    expected: 'a value',
    found: '"t"',
  })
})

test('truncated anywhere, it is an error or fewer whole objects', async t => {
  for (const shape of ['JSON Lines', 'a pretty array', 'an array on one line']) {
    const bytes = Buffer.from(shapes[shape]!)
    const folder = scratch(t)
    for (let size = 1; size < bytes.length; size++) {
      writeFileSync(join(folder, 'a.json'), bytes.subarray(0, size))
      try {
        const values = readAll(join(folder, 'a.json')).map(({ value }) => value)
        const lineEnd = shape === 'JSON Lines' && (bytes[size - 1] === 0x0a || bytes[size] === 0x0a)
        t.ok(lineEnd || size === bytes.length - 1 + Number(shape !== 'JSON Lines'), `${shape} cut at ${size}`)
        t.strictSame(values, objects.slice(0, values.length))
      } catch (error) {
        t.match(error, { name: 'DataError' })
      }
    }
  }
})

test('with any bit flipped, it is an error or other JSON', async t => {
  const bytes = Buffer.from(shapes['a pretty array']!)
  const folder = scratch(t)
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    const file = join(folder, 'a.json')
    writeFileSync(file, flipped)
    try {
      readAll(file)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'DataError') throw error
      const { offset } = error as Error & { offset: number }
      if (!(offset >= 0 && offset <= bytes.length)) t.fail(`bit ${bit}: offset ${offset}`)
    }
  }
  t.pass()
})

test('lines are the same whatever comes at a time', async t => {
  const long = '€'.repeat(800_000)
  const text = `first\n\n${long}\nlast`
  const folder = scratch(t, { 'a.txt': text })
  const fd = openSync(join(folder, 'a.txt'), 'r')
  const found: { text: string; line: number; offset: number }[] = []
  for (const { bytes, line, offset } of linePieces(fd)) found.push({ text: bytes.toString(), line, offset })
  closeSync(fd)
  t.equal(found.map(({ text }) => text).join(''), text, 'no character is cut')
  t.strictSame(
    [found[0], found[1], found.at(-1)],
    [
      { text: 'first\n', line: 1, offset: 0 },
      { text: '\n', line: 2, offset: 6 },
      { text: 'last', line: 4, offset: 7 + 2_400_000 + 1 },
    ],
  )
  t.ok(found.length > 10 && found.slice(2, -1).every(({ line }) => line === 3))
})
