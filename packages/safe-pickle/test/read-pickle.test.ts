import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { isNumpyArray, type NumpyArray, openPickle, PickleError, type PickleValue, readPickle } from '../src/index.js'
import { pickle, uint } from './assemble.js'
import { plainValue } from './plain-value.js'
import { fromBase64, python2Pickles, pythonPickles } from './python-pickles.js'

const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'))

test('plain data of every protocol is what Python wrote', async t => {
  for (const [protocol, base64] of pythonPickles.data.entries()) {
    const value = readPickle(fromBase64(base64)) as PickleValue[]
    const expected: unknown[] = [
      ...[null, true, false, 0, 255, 256, 65535, 65536, -1, 2 ** 31, 2n ** 53n, -(2n ** 70n), 1.5, -0, Infinity],
      ...['', 'a\n\\é€😀', text(''), text('\0\xff\n'), text('ab'), [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
      new Map<unknown, unknown>([
        ['k', [1]],
        [2, new Map()],
      ]),
      ...[new Set([1]), new Set(['x']), 'y'.repeat(300), text('z'.repeat(300)), [[]], ['same'], ['same']],
    ]
    t.strictSame(value, expected, `protocol ${protocol}`)
    t.ok(Object.is(value[13], -0), 'negative zero')
    t.equal(value.at(-1), value.at(-2), 'one object stays one')
    t.ok(Object.isFrozen(value[22]) && !Object.isFrozen(value.at(-1)), 'tuples are frozen, lists are not')
  }
})

test('numpy arrays come little-endian and in C order', async t => {
  const le = (values: Uint16Array | Float32Array | Int32Array) => new Uint8Array(values.buffer)
  const counting = new Uint16Array(24).map((_, i) => i)
  const expected: NumpyArray[] = [
    { dtype: 'uint16', shape: [2, 3], data: le(counting.slice(0, 6)) },
    { dtype: 'float32', shape: [2, 3], data: le(new Float32Array([0, 1, 2, 3, 4, 5])) },
    { dtype: 'int32', shape: [3], data: le(new Int32Array([0, 1, 2])) },
    { dtype: 'bool', shape: [2], data: new Uint8Array([1, 0]) },
    { dtype: 'uint8', shape: [], data: new Uint8Array([7]) },
    { dtype: 'float64', shape: [0, 3], data: new Uint8Array(0) },
    { dtype: 'uint16', shape: [2, 3, 4], data: le(counting) },
  ]
  for (const [protocol, base64] of pythonPickles.arrays.entries()) {
    const value = readPickle(fromBase64(base64)) as PickleValue[]
    t.strictSame(value, expected, `protocol ${protocol}`)
    t.ok(value.every(isNumpyArray))
  }
})

test('numpy scalars come as values', async t => {
  for (const [protocol, base64] of pythonPickles.scalars.entries()) {
    const expected = [1.5, -2, true, -1, 255, -2, 65535, -3, 2 ** 32 - 1, -(2n ** 60n), 2n ** 63n]
    t.strictSame(readPickle(fromBase64(base64)), expected, `protocol ${protocol}`)
  }
})

test('a str of Python 2 is bytes', async t => {
  t.strictSame(readPickle(pickle('U', 2, 'a\xff.')), text('a\xff'))
  t.strictSame(readPickle(pickle('T', uint(4, 3), 'abc.')), text('abc'))
  t.strictSame(readPickle(pickle(`S'a\\n\\'\\\\\\xff"'\n.`)), text('a\n\'\\\xff"'))
  t.strictSame(readPickle(pickle('S"it\'s"\n.')), text("it's"))
  for (const bad of ["S'a\n.", "Sa'\n.", "S'\\q'\n.", "S'a\\'\n.", "S'\n.", "S'\\x4'\n."]) {
    t.throws(() => readPickle(pickle(bad)), { name: 'PickleError', offset: 0 }, bad)
  }
})

test('a bytearray of Python 2 is bytes, by both its modules and in every protocol', async t => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const short = text('a\\\n\xff')
  const expected = [
    [everyByte, short, short, text(''), text('a str\n'), 'a text'],
    [true, false, 1, 2 ** 40, null],
  ]
  for (const [module, pickles] of Object.entries(python2Pickles)) {
    for (const [protocol, base64] of pickles.entries()) {
      const bytes = fromBase64(base64)
      t.strictSame(readPickle(bytes), expected, `${module}, protocol ${protocol}`)
      t.strictSame(plainValue(openPickle(bytes)), expected, `${module}, protocol ${protocol}, opened`)
    }
  }
  for (const codec of ['utf-8', 'latin-2', 'x'.repeat(17)]) {
    const other = pickle('c__builtin__\nbytearray\nX', uint(4, 1), 'aU', codec.length, codec, 0x86, 'R.')
    t.throws(() => readPickle(other), { name: 'PickleError', expected: "a text and 'latin1'" }, codec)
  }
})

test('bytes share memory with the pickle', async t => {
  const bytes = pickle('C', 3, 'abc.')
  const value = readPickle(Buffer.from(bytes.buffer)) as Uint8Array
  t.equal(value.buffer, bytes.buffer)
  t.equal(value.constructor, Uint8Array)
})

test('the memo, DUP, POP and marks', async t => {
  t.strictSame(readPickle(pickle('](K', 1, '2e.')), [1, 1])
  t.strictSame(readPickle(pickle('K', 1, 'K', 2, '0.')), 1)
  t.strictSame(readPickle(pickle('K', 1, '(0.')), 1, 'POP takes a mark away where nothing is above it')
  t.strictSame(readPickle(pickle('K', 1, '(K', 2, 'K', 3, '1.')), 1)
  t.strictSame(readPickle(pickle('(K', 1, 'r', uint(4, 4_000_000_000), 'j', uint(4, 4_000_000_000), 't.')), [1, 1])
  t.strictSame(readPickle(pickle('(lp7\ng7\na0', 'K', 1, '.')), 1, 'a list inside itself that is thrown away')
})

test('a pickle of a real verification set is two lists', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  for (const file of readdirSync(join(data, 'bin'))) {
    const [bins, same] = readPickle(readFileSync(join(data, 'bin', file))) as [PickleValue[], boolean[]]
    t.equal(bins.length, same.length * 2, file)
    t.ok(same.every(value => typeof value === 'boolean'))
    const images = bins.map(bin => (bin instanceof Uint8Array ? bin : (bin as NumpyArray).data))
    const wholeJpeg = (image: Uint8Array) => /^ffd8.*ffd9$/.test(Buffer.from(image).toString('hex'))
    t.ok(images.every(wholeJpeg), 'each is a whole JPEG')
  }
})

test('every truncation is a PickleError', async t => {
  for (const base64 of [...pythonPickles.data, ...pythonPickles.arrays, ...pythonPickles.scalars]) {
    const bytes = fromBase64(base64)
    for (let length = 0; length < bytes.length; length++) {
      try {
        readPickle(bytes.subarray(0, length))
        t.fail(`read a pickle cut at ${length}`)
      } catch (error) {
        if (!(error instanceof PickleError) || error.offset > length) throw error
      }
    }
  }
})

test('flipped bits never do more than a PickleError', async t => {
  let refused = 0
  for (const base64 of [...pythonPickles.data, ...pythonPickles.arrays]) {
    const bytes = fromBase64(base64)
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      try {
        readPickle(bytes)
      } catch (error) {
        if (!(error instanceof PickleError)) throw error
        refused++
      }
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  }
  t.ok(refused > 10_000, `${refused} refused`)
})
