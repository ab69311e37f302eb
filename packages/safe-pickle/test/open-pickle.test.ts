import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { openPickle, type PickleValue, readPickle } from '../src/index.js'
import { pickle, uint } from './assemble.js'
import { inFile, plainValue } from './plain-value.js'
import { fromBase64, pythonPickles } from './python-pickles.js'

test('what is left in memory or in a file is what is read at once', async t => {
  for (const base64 of [...pythonPickles.data, ...pythonPickles.arrays, ...pythonPickles.scalars]) {
    const bytes = fromBase64(base64)
    const expected = readPickle(bytes)
    t.strictSame(plainValue(openPickle(bytes)), expected)
    t.strictSame(
      inFile(bytes, fd => plainValue(openPickle(fd))),
      expected,
    )
  }
})

test('real sets are the same both ways', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  for (const name of readdirSync(join(data, 'bin'))) {
    const bytes = readFileSync(join(data, 'bin', name))
    const digest = (value: PickleValue) =>
      JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part))
    const whole = digest(readPickle(bytes))
    t.ok(digest(inFile(bytes, fd => plainValue(openPickle(fd)))) === whole, name)
  }
})

/** A numpy array of bytes, its shape as opcodes. */
function array(shape: Uint8Array, content: Uint8Array): Uint8Array {
  return pickle(
    ...['cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK', 0, 0x85, 'U', 1, 'b', 0x87, 'R(K', 1, shape],
    ...['cnumpy\ndtype\nU', 2, 'u1', 0x85, 'R', 0x89, 'T', uint(4, content.length), content, 'tb'],
  )
}

test('a long list of arrays', async t => {
  const parts: (string | Uint8Array)[] = [']p0\n(']
  const expected: PickleValue[] = []
  for (let i = 0; i < 1500; i++) {
    const n = 1 + (i % 40)
    const data = new Uint8Array(n).fill(i)
    const shapes: [number[], Uint8Array][] = [
      [[n], pickle('K', n, 0x85)],
      [[n, 1], pickle('K', n, 'K', 1, 0x86)],
      [[1, n], pickle('K', 1, 'K', n, 0x86)],
    ]
    const [shape, opcodes] = shapes[i % 3]!
    parts.push(array(opcodes, data))
    expected.push({ dtype: 'uint8', shape, data })
  }
  const bytes = pickle(...parts, 'e.')
  t.strictSame(plainValue(openPickle(bytes)), expected)
  t.strictSame(readPickle(bytes), expected)
})

test('a long list of booleans, bytes among them from some place on', async t => {
  const parts: (string | Uint8Array)[] = ['](']
  const expected: PickleValue[] = []
  for (let i = 0; i < 3000; i++) {
    const isBytes = i > 1500 && i % 7 === 0
    parts.push(
      isBytes
        ? pickle('T', uint(4, 20), new Uint8Array(20).fill(i))
        : i % 3 === 0
          ? Uint8Array.of(0x88)
          : Uint8Array.of(0x89),
    )
    expected.push(isBytes ? new Uint8Array(20).fill(i) : i % 3 === 0)
  }
  t.strictSame(plainValue(openPickle(pickle(...parts, 'e.'))), expected)
})

test('a long list of every kind of bytes, around the edges of the window', async t => {
  const parts: (string | number | Uint8Array)[] = [']p0\n(']
  const expected: PickleValue[] = []
  for (let i = 0; i < 3000; i++) {
    const text = `${i} `.repeat(1 + (i % 97))
    const bytes = new Uint8Array(Buffer.from(text))
    if (i % 5 === 0) parts.push('T', uint(4, text.length), text)
    else if (i % 5 === 1) parts.push(`S'${text}'\n`)
    else if (i % 5 === 2)
      parts.push('c_codecs\nencode\nX', uint(4, text.length), text, 'X', uint(4, 6), 'latin1', 0x86, 'R')
    else if (i % 5 === 3) parts.push('C', bytes.length & 0xff, bytes.subarray(0, bytes.length & 0xff))
    else if (i % 10 === 4) parts.push('M', i & 0xff, i >> 8)
    else parts.push(i % 20 === 9 ? 0x88 : 0x89)
    const others = i % 10 === 4 ? i : i % 20 === 9
    expected.push(i % 5 === 3 ? bytes.subarray(0, bytes.length & 0xff) : i % 5 === 4 ? others : bytes)
  }
  const bytes = pickle(...parts, 'X', uint(4, 3), 'end', 'e.')
  expected.push('end')
  t.strictSame(readPickle(bytes), expected)
  t.strictSame(
    inFile(bytes, fd => plainValue(openPickle(fd))),
    expected,
  )
})

test('an entry of the memo that was not kept at first', async t => {
  const puts = Array.from({ length: 20_000 }, (_, i) => pickle('M', i & 0xff, i >> 8, 'r', uint(4, i + 1)))
  const bytes = pickle('](', ...puts, 'j', uint(4, 20_000), 'h', 1, 'g19000\n', 'e.')
  const value = readPickle(bytes) as number[]
  t.strictSame(value.slice(-3), [19_999, 0, 18_999])
  t.strictSame(plainValue(openPickle(bytes)), value)
  const memoized = pickle('](', 'N\x94'.repeat(20_000), 'K', 7, 0x94, 'j', uint(4, 20_000), 'e.')
  t.equal((plainValue(openPickle(memoized)) as number[]).at(-1), 7)
  t.throws(() => openPickle(pickle('](', ...puts, 'j', uint(4, 20_001), 'e.')), {
    name: 'PickleError',
    message: `byte ${2 + 8 * 20_000}: expected an entry that the memo holds, found LONG_BINGET 20001`,
  })
})

test('MEMOIZE counts the indices that were put, whatever their order', async t => {
  for (const read of [readPickle, (bytes: Uint8Array) => plainValue(openPickle(bytes))]) {
    // Indices 5, 3, 6 and again 5 are three: MEMOIZE puts 3 anew.
    const bytes = pickle('(K', 1, 'q', 5, 'K', 2, 'q', 3, 'K', 3, 'q', 6, 'K', 4, 'q', 5, 'K', 9, 0x94, 'h', 3, 't.')
    t.strictSame(read(bytes), [1, 2, 3, 4, 9, 9])
  }
})

test('a file that changes while it is read', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'safe-pickle-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'x.bin')
  writeFileSync(file, pickle('](', 'B', uint(4, 1_000_000), 'x'.repeat(1_000_000), 'e.'))
  const fd = openSync(file, 'r')
  const open = openPickle(fd)
  truncateSync(file, 500)
  t.throws(() => plainValue(open), { name: 'PickleError', message: /byte 500: expected a file of 1000009 bytes/ })
  writeFileSync(file, 'N'.repeat(1_000_009))
  t.throws(() => plainValue(open), {
    name: 'PickleError',
    message: 'byte 2: expected a string of 1000000 bytes, as before, found NONE',
  })
  closeSync(fd)
})
