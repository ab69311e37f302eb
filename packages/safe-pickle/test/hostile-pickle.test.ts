import { test } from 'tap'
import {
  MAX_COPIES,
  MAX_DEPTH,
  MAX_INTEGER,
  MAX_VALUES,
  PickleError,
  type PickleValue,
  readPickle,
} from '../src/index.js'
import { pickle, uint } from './assemble.js'
import { fromBase64, pythonPickles } from './python-pickles.js'

/** Each would run code, make an object or need something outside when Python loads it. */
const CODE: [name: string, bytes: Uint8Array, message: string][] = [
  ['GLOBAL', pickle("cos\nsystem\n(S'id'\ntR."), 'byte 0: expected plain data, found GLOBAL os.system'],
  ['protocol 2', pickle(0x80, 2, 'cposix\nsystem\nq', 0), 'byte 2: expected plain data, found GLOBAL posix.system'],
  [
    'STACK_GLOBAL',
    pickle(0x80, 4, 0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, 0x8c, 2, 'id', 0x85, 'R.'),
    'byte 14: expected plain data, found STACK_GLOBAL os.system',
  ],
  ['eval', pickle('c__builtin__\neval\n.'), 'byte 0: expected plain data, found GLOBAL __builtin__.eval'],
  [
    'a dotted name',
    pickle(0x8c, 5, 'numpy', 0x8c, 10, 'dtype.type', 0x93, '.'),
    'byte 19: expected plain data, found STACK_GLOBAL numpy.dtype.type',
  ],
  ['a name of terminal escapes', pickle('c\x1b[2J\nx\n.'), 'byte 0: expected plain data, found GLOBAL "\\u001b[2J.x"'],
  ['INST', pickle("(S'id'\nios\nsystem\n."), 'byte 7: expected plain data, found INST os.system'],
  ['OBJ', pickle('(c__builtin__\nset\no.'), 'byte 18: expected plain data, found OBJ of __builtin__.set'],
  [
    'NEWOBJ',
    pickle('c__builtin__\nset\n)', 0x81, '.'),
    'byte 18: expected plain data, found NEWOBJ of __builtin__.set',
  ],
  [
    'NEWOBJ_EX',
    pickle('c__builtin__\nset\n)}', 0x92, '.'),
    'byte 19: expected plain data, found NEWOBJ_EX of __builtin__.set',
  ],
  ['BUILD', pickle(']}b.'), 'byte 2: expected plain data, found BUILD of a list of 0'],
  ['REDUCE of data', pickle('])R.'), 'byte 2: expected plain data, found REDUCE of a list of 0'],
  [
    'REDUCE of an argument',
    pickle('cnumpy\nndarray\n)R.'),
    'byte 16: expected plain data, found REDUCE of numpy.ndarray',
  ],
  ['EXT1', pickle(0x82, 1, '.'), 'byte 0: expected plain data, found EXT1 1 (a global of the extension registry)'],
  ['EXT2', pickle(0x83, 1, 1, '.'), 'byte 0: expected plain data, found EXT2 257 (a global of the extension registry)'],
  [
    'EXT4',
    pickle(0x84, uint(4, 9), '.'),
    'byte 0: expected plain data, found EXT4 9 (a global of the extension registry)',
  ],
  ['PERSID', pickle('Pfile\n.'), 'byte 0: expected plain data, found PERSID file (an object outside of the pickle)'],
  [
    'BINPERSID',
    pickle('K', 1, 'Q.'),
    'byte 2: expected plain data, found BINPERSID number 1 (an object outside of the pickle)',
  ],
  ['NEXT_BUFFER', pickle(0x97, '.'), 'byte 0: expected plain data, found NEXT_BUFFER (a buffer outside of the pickle)'],
  [
    'a codec that is not latin-1',
    pickle('c_codecs\nencode\nX', uint(4, 1), 'aX', uint(4, 3), 'hex', 0x86, 'R.'),
    'byte 31: expected a text and \'latin1\', found "a", "hex"',
  ],
]

for (const [name, bytes, message] of CODE) {
  test(`${name} is refused by name`, async t => {
    t.throws(() => readPickle(bytes), { name: 'PickleError', message })
  })
}

const DAMAGE: [name: string, bytes: Uint8Array, message: string][] = [
  ['nothing', pickle(), 'byte 0: expected 1 more bytes of opcode, found 0'],
  ['no pickle', pickle('\xff\xd8'), 'byte 0: expected an opcode, found 0xff'],
  ['a later protocol', pickle(0x80, 6, 'N.'), 'byte 0: expected protocol 0 to 5, found 6'],
  ['a get of what was never put', pickle('h', 3, '.'), 'byte 0: expected an entry that the memo holds, found BINGET 3'],
  ['a negative index', pickle('Np-1\n.'), 'byte 1: expected an index of the memo, found "-1"'],
  ['a put of nothing', pickle('q', 0, '.'), 'byte 0: expected a value for BINPUT, found an empty stack'],
  [
    'bytes longer than the file',
    pickle('B', uint(4, 0xffffffff), 'abc.'),
    'byte 0: expected 4294967295 more bytes of BINBYTES, found 4',
  ],
  [
    'bytes of 8 EiB',
    pickle(0x8e, uint(4, 0), uint(4, 0x80000000), '.'),
    'byte 0: expected 9223372036854776000 more bytes of BINBYTES8, found 1',
  ],
  ['a frame longer than the file', pickle(0x95, uint(8, 9), 'N.'), 'byte 0: expected 9 more bytes of FRAME, found 2'],
  [
    'an integer of -1 bytes',
    pickle(0x8b, uint(4, 0xffffffff), '.'),
    `byte 0: expected an integer of at most ${MAX_INTEGER} bytes, found -1`,
  ],
  [
    'a long integer',
    pickle(0x8b, uint(4, 2000), 'x'.repeat(2000), '.'),
    `byte 0: expected an integer of at most ${MAX_INTEGER} bytes, found 2000`,
  ],
  [
    'a million digits',
    pickle('L', '9'.repeat(1e6), 'L\n.'),
    'byte 0: expected a line of at most 4096 bytes, found one of 1000001',
  ],
  ['a line without end', pickle('I12'), "byte 0: expected INT's line to end, found the end of the data"],
  ['no integer', pickle('I0x1\n.'), 'byte 0: expected an integer, found "0x1"'],
  ['no float', pickle('F1e\n.'), 'byte 0: expected a float, found "1e"'],
  [
    'no UTF-8',
    pickle(0x8c, 1, 0xc3, '.'),
    `byte 0: expected UTF-8 text of at most ${2 ** 28} bytes, found 1 other bytes`,
  ],
  ['no mark', pickle('e.'), 'byte 0: expected a mark for APPENDS, found none'],
  ['a value from below the mark', pickle('N(a.'), 'byte 2: expected a value for APPEND, found an empty stack'],
  ['an append to a tuple', pickle(')Na.'), 'byte 2: expected a list for APPEND, found a tuple of 0'],
  ['an item of a list', pickle(']NNs.'), 'byte 3: expected a dict for SETITEM, found a list of 0'],
  ['half an item', pickle('}(Nu.'), 'byte 3: expected a value for every key, found 1 items'],
  ['a member of a dict', pickle('}(N', 0x90, '.'), 'byte 3: expected a set for ADDITEMS, found a dict of 0'],
  ['two values', pickle('NN.'), 'byte 2: expected one value at the end, found more'],
  ['a second pickle', pickle('N.N.'), 'byte 2: expected the end of the data, found 2 more bytes'],
  [
    'a global as a value',
    pickle('](', 'cnumpy\nndarray\ne.'),
    'byte 0: expected plain data, found numpy.ndarray as a value',
  ],
]

for (const [name, bytes, message] of DAMAGE) {
  test(`${name} is one error`, async t => {
    t.throws(() => readPickle(bytes), { name: 'PickleError', message })
  })
}

test('what numpy writes beyond plain numbers is refused', async t => {
  for (const [name, base64] of Object.entries(pythonPickles.refused)) {
    t.throws(() => readPickle(fromBase64(base64)), PickleError, name)
  }
})

test("an array's shape and bytes must agree", async t => {
  const array = (shape: Uint8Array, data: string) =>
    pickle(
      ...['cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK', 0, 0x85, 'C', 1, 'b', 0x87, 'R(K', 1, shape],
      ...['cnumpy\ndtype\nU', 2, 'u1', 0x85, 'R', 0x89, 'C', data.length, data, 'tb.'],
    )
  t.strictSame(readPickle(array(pickle('K', 2, 0x85), 'ab')), { dtype: 'uint8', shape: [2], data: pickle('ab') })
  for (const shape of [
    pickle('K', 3, 0x85),
    pickle('J', uint(4, 0xffffffff), 'J', uint(4, 0xfffffffe), 0x86),
    pickle('G', 0x40, 0, 0, 0, 0, 0, 0, 1, 0x85),
    pickle('(', 'K\x01'.repeat(70), 'K', 2, 't'),
    pickle('N'),
  ]) {
    t.throws(() => readPickle(array(shape, 'ab')), PickleError)
  }
})

test('deep nesting ends at the limit', async t => {
  const lists = (depth: number) => pickle(']'.repeat(depth), 'a'.repeat(depth - 1), '.')
  t.ok(readPickle(lists(MAX_DEPTH)))
  const message = `byte ${MAX_DEPTH - 1}: expected containers at most ${MAX_DEPTH} deep, found deeper ones`
  t.throws(() => readPickle(lists(MAX_DEPTH + 1)), { name: 'PickleError', message })
  t.throws(() => readPickle(lists(1_000_000)), { name: 'PickleError', message })
  t.throws(() => readPickle(pickle(')', '\x85'.repeat(1_000_000), '.')), { name: 'PickleError' })
  t.throws(() => readPickle(pickle('('.repeat(1_000_000), '.')), { name: 'PickleError', message: /open marks/ })
  // A list that was seen at a small depth is measured again where it stands deeper.
  const shared = pickle('](', ']'.repeat(200), 'a'.repeat(199), 'p0\n', ']'.repeat(100), 'g0\n', 'a'.repeat(100), 'e.')
  t.throws(() => readPickle(shared), { name: 'PickleError', message: /at most 256 deep/ })
})

test('a value inside itself is refused where it was made', async t => {
  t.throws(() => readPickle(pickle('](]q', 0, 'h', 0, 'ae.')), {
    message: 'byte 2: expected a value that ends, found a list of 1 inside itself',
  })
  t.throws(() => readPickle(pickle('}q', 0, 'Nh', 0, 's.')), {
    message: 'byte 0: expected a value that ends, found a dict of 1 inside itself',
  })
})

test('a billion laughs stay a handful of lists', async t => {
  const laugh = (level: number) => pickle(']q', level, '(', ...Array(10).fill(pickle('h', level - 1)), 'e0')
  const levels = Array.from({ length: 30 }, (_, i) => laugh(i + 1))
  let value = readPickle(pickle(']q', 0, '0', ...levels, 'h', 30, '.')) as PickleValue[]
  for (let level = 0; level < 30; level++) {
    t.equal(value.length, 10)
    value = value[9] as PickleValue[]
  }
  t.strictSame(value, [])
})

test('a few bytes cannot ask for many copies or values', async t => {
  const repeated = (count: number, ...parts: (string | number)[]) => pickle(...Array(count).fill(pickle(...parts)))
  const refused = (bytes: Uint8Array, message: RegExp) =>
    t.throws(() => readPickle(bytes), { name: 'PickleError', message })

  const text = pickle('X', uint(4, 100_000), 'x'.repeat(100_000), 'X', uint(4, 6), 'latin1', 0x86, 'q', 1, '0')
  const copies = (count: number) =>
    pickle('c_codecs\nencode\nq', 0, '0', text, repeated(count, 'h', 0, 'h', 1, 'R0'), 'N.')
  t.equal(readPickle(copies(MAX_COPIES)), null)
  refused(copies(MAX_COPIES + 1), /bytes copied/)

  const members = pickle('](', 'N'.repeat(1000), 'e', 0x85, 'q', 1, '0')
  refused(pickle('c__builtin__\nset\nq', 0, '0', members, repeated(20_000, 'h', 0, 'h', 1, 'R0')), /at most \d+ values/)
  refused(pickle('N'.repeat(1.02 * MAX_VALUES)), /at most \d+ values/)
  refused(pickle('}'.repeat(3_000_000)), /objects/)
  refused(pickle('N', '\x94'.repeat(5_000_000)), /memo entries/)
})
