import { test } from 'tap'
import { openPickle, PickleError, readPickle } from '../src/index.js'
import { pickle, uint } from './assemble.js'
import { type Case, CODE, DAMAGE, NUMPY, refusal } from './hostile-cases.js'
import { fromBase64, pythonPickles } from './python-pickles.js'

/** What has been used to run code or to reach out of a pickle, and what looks as if it belonged to the whitelist. */
const GLOBALS = `
  os.system posix.system nt.system os.popen os.execv posixpath.os.system subprocess.Popen subprocess.check_output
  builtins.eval __builtin__.eval builtins.exec builtins.__import__ builtins.getattr __builtin__.apply builtins.compile
  builtins.open builtins.object builtins.type builtins.map builtins.bytes.fromhex importlib.import_module runpy.run_module
  pty.spawn socket.socket shutil.rmtree ctypes.CDLL pickle.loads marshal.loads types.CodeType types.FunctionType
  operator.attrgetter functools.partial codecs.encode codecs.decode _codecs.decode _codecs.lookup webbrowser.open
  timeit.timeit code.InteractiveInterpreter pip.main multiprocessing.util.spawnv_passfds collections.OrderedDict
  copyreg._reconstructor copy_reg._reconstructor torch.load PIL.Image.open cv2.imread numpy.load numpy.matrix numpy.memmap
  numpy.ndarray.tofile numpy.dtype.type numpy.core.multiarray.fromfile numpy.core.multiarray.fromstring
  numpy.core._multiarray_umath._reconstruct numpy.testing._private.utils.runstring numpy.random.__RandomState_ctor
  numpy.ma.core._mareconstruct numpy.core.numeric.frombuffer _reconstruct. .dtype numpy. Numpy.dtype
`
  .trim()
  .split(/\s+/)
  .map((name): [module: string, attribute: string] => {
    const dot =
      name.startsWith('builtins.bytes') || /\.(type|tofile)$/.test(name) ? name.indexOf('.') : name.lastIndexOf('.')
    return [name.slice(0, dot), name.slice(dot + 1)]
  })

/** Each would run code, make an object or need something outside when Python loads it. */
const CALLS: Case[] = GLOBALS.flatMap(([module, attribute]): Case[] => {
  const name = `${module}.${attribute}`
  const places = pickle(0x80, 4, 0x8c, module.length, module, 0x8c, attribute.length, attribute)
  return [
    [`GLOBAL ${name}`, pickle(`c${module}\n${attribute}\n(S'id'\ntR.`), refusal(0, `GLOBAL ${name}`)],
    [
      `STACK_GLOBAL ${name}`,
      pickle(places, 0x93, 0x8c, 2, 'id', 0x85, 'R.'),
      refusal(places.length, `STACK_GLOBAL ${name}`),
    ],
    [`INST ${name}`, pickle(`](S'id'\ni${module}\n${attribute}\na.`), refusal(8, `INST ${name}`)],
  ]
})

/** Every opcode that takes an argument, with none; the first few bytes of one where it is longer. */
const CUT: Case[] = [
  ...[
    ...'BTUCXGJMKpqrghjcilISLFVP',
    '\x8e',
    '\x96',
    '\x8c',
    '\x8d',
    '\x8a',
    '\x8b',
    '\x95',
    '\x80',
    '\x82',
    '\x83',
    '\x84',
  ],
  ...[
    'B\x01\0\0',
    'X\x02\0\0\0a',
    'U\x03ab',
    'C\x01',
    '\x8e\x01\0\0\0\0\0\0\0',
    'GAAAAAAA',
    'J\0\0\0',
    'I1',
    "S'a'",
    'cos\nsystem',
  ],
].map((text): Case => {
  const bytes = pickle('N'.repeat(3), text === 'l' ? 'l' : text)
  return [
    `cut ${JSON.stringify(text)}`,
    bytes,
    /^byte [34]: expected (\d+ more bytes of|[A-Z_12]+'s line to end|a mark)/,
  ]
})

/** Every opcode that takes values off the stack, with none there, and with a mark in between. */
const EMPTY: Case[] = ['', 'NNN('].flatMap(before =>
  [
    ...'02aestudRbQ.',
    'p0\n',
    'q\0',
    'r\0\0\0\0',
    '\x94',
    '\x85',
    '\x86',
    '\x87',
    '\x93',
    '\x81',
    '\x92',
    ...'1lo\x90\x91',
  ]
    .filter(opcode => before === '' || !'0tdlo1\x91'.includes(opcode))
    .map((opcode): Case => {
      const message =
        /^byte \d: expected (a value for|a mark for|a list for|a dict for|a set for) [A-Z_0-9]+, found (an empty stack|none|None)$/
      return [`${before}${JSON.stringify(opcode)}`, pickle(before, opcode, 'N.'), message]
    }),
)

const UNKNOWN: Case[] = [0x00, 0x0a, 0x20, 0x41, 0x7f, 0x99, 0xa0, 0xff].map((code): Case => {
  const hex = `0x${code.toString(16).padStart(2, '0')}`
  return [`opcode ${hex}`, pickle('N', code, '.'), `byte 1: expected an opcode, found ${hex}`]
})

const CASES = [...CALLS, ...CODE, ...NUMPY, ...DAMAGE, ...CUT, ...EMPTY, ...UNKNOWN]

test(`${CASES.length} hostile and broken pickles: each is one line that says where and what`, async t => {
  t.ok(CASES.length >= 200)
  t.equal(new Set(CASES.map(([, bytes]) => Buffer.from(bytes).toString('hex'))).size, CASES.length, 'all are different')
  for (const [name, bytes, message] of CASES) {
    for (const read of [readPickle, openPickle]) {
      try {
        read(bytes)
        t.fail(`${name} was read`)
      } catch (error) {
        if (!(error instanceof PickleError)) throw error
        const right = typeof message === 'string' ? error.message === message : message.test(error.message)
        if (!right) t.equal(error.message, String(message), name)
        if (!/^byte \d+: expected [\x20-\x7e…]+$/.test(error.message)) t.fail(`${name}: ${error.message}`)
        if (error.offset > bytes.length) t.fail(`${name}: byte ${error.offset} of ${bytes.length}`)
      }
    }
  }
})

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
