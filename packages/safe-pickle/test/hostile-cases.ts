import { MAX_INTEGER } from '../src/index.js'
import { pickle, uint } from './assemble.js'

export type Case = [name: string, bytes: Uint8Array, message: string | RegExp]

export const refusal = (offset: number, what: string) => `byte ${offset}: expected plain data, found ${what}`

/** Code in every opcode that reaches for it. */
export const CODE: Case[] = [
  ['protocol 2', pickle(0x80, 2, 'cposix\nsystem\nq', 0), 'byte 2: expected plain data, found GLOBAL posix.system'],
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
  ['OBJ of os.system', pickle("(cos\nsystem\nS'id'\no."), refusal(1, 'GLOBAL os.system')],
  ['a global within a list', pickle('](K', 1, 'cos\nsystem\n', 'e.'), refusal(4, 'GLOBAL os.system')],
  ['a global that is thrown away', pickle('cos\nsystem\n0N.'), refusal(0, 'GLOBAL os.system')],
  ['a global put aside', pickle('cos\nsystem\nq', 0, '0h', 0, ')R.'), refusal(0, 'GLOBAL os.system')],
  ['a global behind frames', pickle(0x80, 4, 0x95, uint(8, 11), 'cos\nsystem\n.'), refusal(11, 'GLOBAL os.system')],
  ['a second PROTO before it', pickle(0x80, 2, 0x80, 2, 'cos\nsystem\n.'), refusal(4, 'GLOBAL os.system')],
  [
    'a name of bytes',
    pickle('U', 2, 'os', 'U', 6, 'system', 0x93, '.'),
    'byte 12: expected a module and a name for STACK_GLOBAL, found 2 bytes, 6 bytes',
  ],
  [
    'a module of None',
    pickle('N', 0x8c, 6, 'system', 0x93, '.'),
    'byte 9: expected a module and a name for STACK_GLOBAL, found None, "system"',
  ],
  ['a name over two lines', pickle('cos\n'), "byte 0: expected GLOBAL's line to end, found the end of the data"],
  [
    'a name of 5,000',
    pickle(`c${'x'.repeat(5000)}\ny\n.`),
    'byte 0: expected a line of at most 4096 bytes, found one of 5000',
  ],
  ['a long name', pickle(`c${'x'.repeat(200)}\ny\n.`), refusal(0, `GLOBAL ${'x'.repeat(100)}…`)],
  ['a name that is no UTF-8', pickle('c\xff\xfe\nsystem\n.'), refusal(0, 'GLOBAL (no UTF-8).system')],
  ['BUILD of a number', pickle('K', 1, '}b.'), refusal(3, 'BUILD of number 1')],
  ['BUILD of a global', pickle('cnumpy\ndtype\n}b.'), refusal(14, 'BUILD of numpy.dtype')],
  ['BUILD of bytes', pickle('U', 1, 'a}b.'), refusal(4, 'BUILD of 1 bytes')],
  ['NEWOBJ of a list', pickle('])', 0x81, '.'), refusal(2, 'NEWOBJ of a list of 0')],
  ['NEWOBJ of ndarray', pickle('cnumpy\nndarray\n)', 0x81, '.'), refusal(16, 'NEWOBJ of numpy.ndarray')],
  ['OBJ of dtype', pickle('(cnumpy\ndtype\nU', 2, 'O8o.'), refusal(18, 'OBJ of numpy.dtype')],
  ['BINPERSID of a text', pickle('V../x\nQ.'), refusal(6, 'BINPERSID "../x" (an object outside of the pickle)')],
  ['READONLY_BUFFER', pickle('C', 1, 'a', 0x98, '.'), refusal(3, 'READONLY_BUFFER (a buffer outside of the pickle)')],
]

const reconstruct = 'cnumpy.core.multiarray\n_reconstruct\n'
const ndarray = 'cnumpy\nndarray\n'
const dtype = (code: string) => pickle('cnumpy\ndtype\nU', code.length, code, 0x89, 0x88, 0x87, 'R')
const u1 = dtype('u1')
const array = pickle(reconstruct, ndarray, 'K', 0, 0x85, 'U', 1, 'b', 0x87, 'R')
/** An array with a state: (version, shape, dtype, order, data). */
const state = (...parts: (string | number | Uint8Array)[]) => pickle(array, '(', ...parts, 'tb.')
const codec = 'c_codecs\nencode\n'
const ascii = (text: string) => pickle('X', uint(4, text.length), text)

/** What is near to the arrays, bytes and sets that are data, and is none. */
export const NUMPY: Case[] = [
  [
    '_reconstruct of a dtype',
    pickle(reconstruct, 'cnumpy\ndtype\nK', 0, 0x85, 'U', 1, 'b', 0x87, 'R.'),
    /numpy.ndarray, \(0,\)/,
  ],
  [
    '_reconstruct of (1,)',
    pickle(reconstruct, ndarray, 'K', 1, 0x85, 'U', 1, 'b', 0x87, 'R.'),
    /numpy.ndarray, \(0,\)/,
  ],
  [
    '_reconstruct of a list',
    pickle(reconstruct, ndarray, ']U', 1, 'b', 0x87, 'R.'),
    /found \(numpy.ndarray, a list of 0, 1 bytes\)/,
  ],
  [
    '_reconstruct of objects',
    pickle(reconstruct, ndarray, 'K', 0, 0x85, 'U', 1, 'O', 0x87, 'R.'),
    /numpy.ndarray, \(0,\)/,
  ],
  ['_reconstruct of nothing', pickle(reconstruct, ')R.'), /numpy.ndarray, \(0,\), b'b', found \(\)/],
  ['_reconstruct with a list of arguments', pickle(reconstruct, ']R.'), /a tuple of arguments, found a list of 0/],
  ['_reconstruct with a dict of arguments', pickle(reconstruct, '}R.'), /a tuple of arguments, found a dict of 0/],
  [
    '_reconstruct as its own argument',
    pickle(reconstruct, '2', 0x85, 'R.'),
    /found \(numpy.core.multiarray._reconstruct\)/,
  ],
  ...[
    'O',
    'O8',
    '|O',
    'V8',
    'S10',
    'U4',
    'M8',
    'm8[s]',
    'c8',
    'f16',
    'i16',
    'u3',
    'u1,O',
    '',
    'x'.repeat(16),
    'x'.repeat(99),
  ].map((code): Case => [`dtype ${code}`, pickle(dtype(code), '.'), /expected a numpy dtype of b1, i1/]),
  ['a dtype of terminal escapes', pickle(dtype('u1\x1b[2J\n'), '.'), /f8, found "u1\\u001b\[2J\\n"$/],
  ['a dtype of the prototype', pickle(dtype('constructor'), '.'), /f8, found constructor$/],
  ['a dtype of a list', pickle('cnumpy\ndtype\n]', 0x85, 'R.'), /a numpy dtype of .*, found a list of 0/],
  ['a dtype of nothing', pickle('cnumpy\ndtype\n)R.'), /a numpy dtype of .*, found nothing/],
  [
    'a dtype with fields',
    pickle(u1, '(K', 3, 'U', 1, '|N)}J', uint(4, 0), 'tb.'),
    /dtype of plain numbers, found one with fields/,
  ],
  ['a dtype with a part', pickle(u1, '(K', 3, 'U', 1, '|)NNtb.'), /dtype of plain numbers/],
  ['a dtype of no order', pickle(u1, '(K', 3, 'U', 1, '?NNNtb.'), /a dtype's byte order, found 1 bytes/],
  ['a dtype with a state of None', pickle(u1, 'Nb.'), /a dtype's byte order, found nothing/],
  ['a dtype as a value', pickle(u1, '.'), /expected plain data, found dtype uint8 as a value/],
  ['a dtype as a key', pickle('}', u1, 'Ns.'), 'byte 0: expected plain data, found dtype uint8 as a value'],
  ['a global in a tuple', pickle(ndarray, 0x85, '.'), refusal(16, 'numpy.ndarray as a value')],
  ['a global in a set', pickle(0x8f, '(', ndarray, 0x90, '.'), refusal(0, 'numpy.ndarray as a value')],
  [
    'version 2 of an array',
    state('K', 2, 'K', 1, 0x85, u1, 0x89, 'U', 1, 'a'),
    /version 1 of an array's state, found number 2/,
  ],
  ['an array with a state of None', pickle(array, 'Nb.'), /version 1 of an array's state, found nothing/],
  ['an array of no dtype', state('K', 1, 'K', 1, 0x85, 'N', 0x89, 'U', 1, 'a'), /an array's dtype, found None/],
  [
    'an array of its own global',
    state('K', 1, 'K', 1, 0x85, ndarray, 0x89, 'U', 1, 'a'),
    /an array's dtype, found numpy.ndarray/,
  ],
  ['an array of objects in a list', state('K', 1, 'K', 1, 0x85, u1, 0x89, ']'), /an array's bytes, found a list of 0/],
  ['an array of a text', state('K', 1, 'K', 1, 0x85, u1, 0x89, ascii('a')), /an array's bytes, found "a"/],
  [
    'an array of a negative shape',
    state('K', 1, 'J', uint(4, 0xffffffff), 0x85, u1, 0x89, 'U', 1, 'a'),
    /an array's shape/,
  ],
  ['an array of half an element', state('K', 1, 'G?\xe0\0\0\0\0\0\0', 0x85, u1, 0x89, 'U', 1, 'a'), /an array's shape/],
  ['an array of NaN elements', state('K', 1, 'G\x7f\xf8\0\0\0\0\0\0', 0x85, u1, 0x89, 'U', 1, 'a'), /an array's shape/],
  ['an array of a list of sizes', state('K', 1, ']', u1, 0x89, 'U', 1, 'a'), /an array's shape .*, found a list of 0/],
  [
    'an array of 65 dimensions',
    state('K', 1, '(', 'K\x01'.repeat(65), 't', u1, 0x89, 'U', 1, 'a'),
    /at most 64 dimensions/,
  ],
  [
    'an array of too few bytes',
    state('K', 1, 'K', 2, 0x85, u1, 0x89, 'U', 1, 'a'),
    /expected 2 bytes of uint8 \[2\], found 1/,
  ],
  ['an array of too many bytes', state('K', 1, ')', u1, 0x89, 'U', 2, 'ab'), /expected 1 bytes of uint8 \[\], found 2/],
  [
    'an array of 2^124 bytes',
    state('K', 1, 'J', uint(4, 0x7fffffff), '22', 0x87, u1, 0x89, 'U', 1, 'a'),
    /expected 9\.9\d+e\+27 bytes of uint8/,
  ],
  [
    'an array with two states',
    pickle(array, ...Array(2).fill(pickle('(K', 1, 'K', 1, 0x85, u1, 0x89, 'U', 1, 'atb')), '.'),
    /an array without a state/,
  ],
  [
    'scalar of an object',
    pickle('cnumpy.core.multiarray\nscalar\n', dtype('O8'), 'U', 1, 'a', 0x86, 'R.'),
    /a numpy dtype/,
  ],
  [
    'scalar of wrong bytes',
    pickle('cnumpy.core.multiarray\nscalar\n', u1, 'U', 2, 'ab', 0x86, 'R.'),
    /expected 1 bytes of uint8, found 2/,
  ],
  [
    'scalar of a text',
    pickle('cnumpy._core.multiarray\nscalar\n', u1, ascii('a'), 0x86, 'R.'),
    /1 bytes of uint8, found "a"/,
  ],
  [
    'scalar of half a float',
    pickle('cnumpy._core.multiarray\nscalar\n', dtype('f2'), 'U', 2, 'ab', 0x86, 'R.'),
    /found float16/,
  ],
  ['scalar of nothing', pickle('cnumpy._core.multiarray\nscalar\n)R.'), /a scalar's dtype, found nothing/],
  [
    '_frombuffer of no order',
    pickle('cnumpy._core.numeric\n_frombuffer\n(U', 1, 'a', u1, ')NtR.'),
    /order C or F, found None/,
  ],
  [
    '_frombuffer of a list',
    pickle('cnumpy._core.numeric\n_frombuffer\n(]', u1, ')', ascii('C'), 'tR.'),
    /an array's bytes, found a list/,
  ],
  ...['hex_codec', 'rot13', 'zip', 'utf-16', 'idna', 'LATIN1', 'latin1\0', ''].map(
    (name): Case => [
      `codec ${name}`,
      pickle(codec, ascii('a'), ascii(name), 0x86, 'R.'),
      /expected a text and 'latin1'/,
    ],
  ),
  ['a codec of bytes', pickle(codec, 'U', 1, 'a', ascii('latin1'), 0x86, 'R.'), /a text and 'latin1', found 1 bytes/],
  [
    'a codec with errors',
    pickle(codec, ascii('a'), ascii('latin1'), ascii('ignore'), 0x87, 'R.'),
    /a text and 'latin1'/,
  ],
  ['Latin-1 of more', pickle(codec, 'V\\u0100\n', ascii('latin1'), 0x86, 'R.'), /expected characters below 256/],
  ['bytes(10**9)', pickle('cbuiltins\nbytes\nJ', uint(4, 1e9), 0x85, 'R.'), /expected bytes, found number 1000000000/],
  [
    'bytearray(10**9)',
    pickle('c__builtin__\nbytearray\nJ', uint(4, 1e9), 0x85, 'R.'),
    /expected bytes, found number 1000000000/,
  ],
  ['bytes of a list', pickle('cbuiltins\nbytes\n](K', 1, 'e', 0x85, 'R.'), /expected bytes, found a list of 1/],
  ['bytes of UTF-8', pickle('cbuiltins\nbytes\n', ascii('a'), ascii('utf-8'), 0x86, 'R.'), /a text and 'latin1'/],
  ['set of a number', pickle('cbuiltins\nset\nK', 1, 0x85, 'R.'), /a set's members, found number 1/],
  ['set of a text', pickle('cbuiltins\nfrozenset\n', ascii('abc'), 0x85, 'R.'), /a set's members, found "abc"/],
  ['set of two', pickle('cbuiltins\nset\n]]', 0x86, 'R.'), /a set's members, found a list of 0, a list of 0/],
]

/** No pickle, or half of one. */
export const DAMAGE: Case[] = [
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
  ['two marks at the end', pickle('((N.'), 'byte 3: expected one value at the end, found more'],
  ['a mark at the end', pickle('N(.'), 'byte 2: expected a value for STOP, found an empty stack'],
  ['a mark for a pair', pickle('N(', 0x86, '.'), 'byte 2: expected a value for TUPLE2, found an empty stack'],
  ['a list from below the mark', pickle('](Na.'), 'byte 3: expected a value for APPEND, found an empty stack'],
  [
    'an index of 20 digits',
    pickle(`Np${'1'.repeat(20)}\n.`),
    'byte 1: expected an index of the memo, found "11111111111111111111"',
  ],
  [
    'a text of half a surrogate',
    pickle('V\\U00110000\n.'),
    'byte 0: expected escapes of whole characters, found others',
  ],
  ['a string without quotes', pickle('Sabc\n.'), 'byte 0: expected a quoted string, found "abc"'],
  ['a string with one quote', pickle("S'\n."), 'byte 0: expected a quoted string, found "\'"'],
  [
    'a negative LONG4',
    pickle(0x8b, uint(4, 0x80000000), '.'),
    `byte 0: expected an integer of at most ${MAX_INTEGER} bytes, found -2147483648`,
  ],
  [
    'a LONG4 of 2 GiB',
    pickle(0x8b, uint(4, 0x7fffffff), '.'),
    `byte 0: expected an integer of at most ${MAX_INTEGER} bytes, found 2147483647`,
  ],
  [
    'a frame of 8 EiB',
    pickle(0x95, uint(4, 0xffffffff), uint(4, 0x7fffffff), 'N.'),
    /byte 0: expected 92233\d+ more bytes of FRAME, found 2/,
  ],
]
