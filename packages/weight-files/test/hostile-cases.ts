import { deflateRawSync } from 'node:zlib'
import { bytesField, intField, message } from '@tiny-face/protobuf-wire'
import {
  archive,
  array,
  arrayList,
  dictOf,
  entry,
  external,
  FLOATS,
  global,
  header,
  int64,
  MAGIC,
  minusOne,
  onnx,
  onnxTensor,
  ops,
  pickle,
  safetensors,
  stream,
  table,
  tensor,
  text,
  tuple,
  whole,
  zip,
} from './build-files.js'

/** A file that is to be refused, what else lies beside it, and a part of what is said. */
export interface HostileCase {
  readonly name: string
  readonly file: string
  readonly bytes: Uint8Array
  readonly beside?: Readonly<Record<string, Uint8Array | string>>
  readonly message: RegExp
}

/** What attackers call. */
const CODE = [
  'os.system',
  'posix.system',
  'nt.system',
  'subprocess.Popen',
  'subprocess.check_output',
  'builtins.eval',
  'builtins.exec',
  'builtins.getattr',
  '__builtin__.eval',
  'builtins.__import__',
  'importlib.import_module',
  'runpy.run_path',
  'pickle.loads',
  'operator.attrgetter',
  'functools.partial',
  'webbrowser.open',
  'ctypes.CDLL',
  'socket.create_connection',
  'shutil.rmtree',
  'pty.spawn',
  'pip.main',
  'timeit.timeit',
  'code.interact',
  'torch.load',
  'torch.hub.load',
  'torch.utils.cpp_extension.load',
  'torch.jit._script.unpickle_script_module',
  'torch.nn.modules.container.Sequential',
  'numpy.testing._private.utils.runstring',
  'builtins.object.__reduce_ex__',
]

/** A call of each in another way that pickles have. */
function callOf(name: string, way: number): Buffer {
  const args = tuple(text('touch /tmp/owned'))
  const dot = name.lastIndexOf('.')
  switch (way % 4) {
    case 0:
      return ops(global(name), args, 'R')
    case 1:
      return ops(text(name.slice(0, dot)), text(name.slice(dot + 1)), '\x93', args, 'R')
    case 2:
      return ops('(', text('touch /tmp/owned'), `i${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`)
    default:
      return ops(global(name), args, '\x81')
  }
}

function pickled(): HostileCase[] {
  const code = CODE.map((name, i) => ({
    name: `code: ${name}`,
    data: dictOf(callOf(name, i)),
    message: new RegExp(`${name.replaceAll('.', '\\.')}; only torch\\.save`),
  }))
  const deep = Buffer.concat([
    Buffer.from('}'),
    text('a'),
    Buffer.from(']'.repeat(100_000)),
    Buffer.from('a'.repeat(99_999)),
    Buffer.from('s'),
  ])
  const cases = [
    ...code,
    { name: 'a negative offset', data: dictOf(tensor({ offset: whole(-1) })), message: /offset of at least 0/ },
    {
      name: 'an offset behind the end',
      data: dictOf(tensor({ offset: whole(1) })),
      message: /a tensor within its storage of 2 numbers/,
    },
    { name: 'an offset of 2^63', data: dictOf(tensor({ offset: whole(1n << 63n) })), message: /offset of at least 0/ },
    {
      name: 'a negative stride',
      data: dictOf(tensor({ strides: tuple(whole(-1)) })),
      message: /strides of at least 0/,
    },
    {
      name: 'a stride beyond',
      data: dictOf(tensor({ strides: tuple(whole(2 ** 40)) })),
      message: /a tensor within its storage/,
    },
    {
      name: 'strides of 0, a bomb',
      data: dictOf(tensor({ shape: tuple(whole(2 ** 29)), strides: tuple(whole(0)) })),
      message: /at most the 2 numbers of its storage/,
    },
    {
      name: 'a huge shape',
      data: dictOf(tensor({ shape: tuple(whole(2 ** 40)) })),
      message: /at most 1073741824 numbers/,
    },
    {
      name: 'a shape whose product overflows',
      data: dictOf(
        tensor({ shape: tuple(...Array(8).fill(whole(2 ** 32))), strides: tuple(...Array(8).fill(whole(0))) }),
      ),
      message: /at most 1073741824 numbers/,
    },
    {
      name: 'a negative extent',
      data: dictOf(tensor({ shape: tuple(whole(-2)) })),
      message: /a shape of whole numbers/,
    },
    {
      name: 'NaN for an extent',
      data: dictOf(tensor({ shape: tuple('Fnan\n') })),
      message: /a shape of whole numbers/,
    },
    {
      name: 'a fraction for an extent',
      data: dictOf(tensor({ shape: tuple('F1.5\n') })),
      message: /a shape of whole numbers/,
    },
    {
      name: 'too many axes',
      data: dictOf(tensor({ shape: tuple(...Array(17).fill(whole(1))), strides: tuple(...Array(17).fill(whole(1))) })),
      message: /at most 16 axes/,
    },
    { name: 'fewer strides than axes', data: dictOf(tensor({ strides: tuple() })), message: /as many strides/ },
    { name: 'no storage', data: dictOf(tensor({ id: 'N' })), message: /a persistent id/ },
    {
      name: 'a storage of text',
      data: dictOf(tensor({ type: 'torch.FloatTensor' })),
      message: /GLOBAL torch\.FloatTensor/,
    },
    { name: 'a storage of -1 numbers', data: dictOf(tensor({ length: whole(-1) })), message: /a persistent id/ },
    {
      name: 'a storage of 2^40 numbers',
      data: dictOf(tensor({ length: whole(2 ** 40) })),
      message: /at most 1073741824 numbers/,
    },
    {
      name: 'a storage that is longer than the file',
      data: dictOf(tensor({ length: whole(2 ** 29) })),
      message: /2147483648 bytes|536870912 numbers/,
    },
    {
      name: 'a storage called ../../x',
      data: dictOf(tensor({ key: text('../../etc/passwd') })),
      message: /a persistent id/,
    },
    {
      name: 'a storage that is missing',
      data: dictOf(tensor({ key: text('7') })),
      message: /expected (x\/data\/7 in the archive|a list of the storages)/,
    },
    {
      name: 'a dict that holds itself',
      data: pickle('}q\x00', text('state_dict'), 'h\x00s'),
      message: /a value that ends/,
    },
    { name: 'lists a hundred thousand deep', data: pickle(deep), message: /at most 256 deep|deeper ones/ },
    { name: 'no tensor', data: dictOf(whole(1)), message: /a state_dict, or a dict with one/ },
    { name: 'a list', data: pickle(']'), message: /a state_dict, or a dict with one/ },
    { name: 'a pickle without an end', data: ops('\x80\x02', '}'), message: /expected/ },
    { name: 'a memo of 2^32', data: pickle('}j\xff\xff\xff\xff'), message: /an entry that the memo holds/ },
  ]
  return cases.flatMap(({ name, data, message }) => [
    { name: `archive: ${name}`, file: 'x.pth', bytes: archive(data), message },
    { name: `stream: ${name}`, file: 'x.pth', bytes: stream(data), message },
  ])
}

function archives(): HostileCase[] {
  const good = dictOf(tensor())
  const storage = { name: 'x/data/0', content: FLOATS }
  const bomb = deflateRawSync(Buffer.alloc(100 * 2 ** 20))
  const cases: [string, Uint8Array, RegExp][] = [
    ['cut in its directory', archive(good).subarray(0, -30), /a whole zip archive/],
    ['cut in its middle', archive(good).subarray(0, 60), /a whole zip archive/],
    ['two files of one name', archive(good, [storage, storage]), /one file of a name in the archive/],
    [
      'files that share bytes',
      zip([
        { name: 'x/data.pkl', content: good },
        { ...storage, content: Buffer.alloc(8) },
        { name: 'x/data/1', content: FLOATS, at: 0 },
      ]),
      /that lie apart|a whole zip archive/,
    ],
    [
      'a packed storage, a bomb',
      archive(good, [{ name: 'x/data/0', content: bomb, method: 8, size: 100 * 2 ** 20 }]),
      /8 bytes of 2 float32|stored as it is/,
    ],
    [
      'a packed pickle',
      zip([{ name: 'x/data.pkl', content: deflateRawSync(good), method: 8, size: good.length }, storage]),
      /stored as it is/,
    ],
    ['an encrypted storage', archive(good, [{ ...storage, flags: 1 }]), /a whole zip archive/],
    ['a size beyond the file', archive(good, [{ ...storage, size: 2 ** 31 }]), /a whole zip archive|stored as it is/],
    ['another checksum of the storage', archive(good, [{ ...storage, checksum: 1 }]), /CRC-32 00000001 of x\/data\/0/],
    [
      'another checksum of the pickle',
      zip([{ name: 'x/data.pkl', content: good, checksum: 1 }, storage]),
      /CRC-32 00000001 of x\/data\.pkl/,
    ],
    ['no pickle', zip([storage]), /with data\.pkl, found a zip archive without/],
    ['no file', zip([]), /with data\.pkl, found a zip archive without/],
    ['more files than there are', zip([storage], { entries: 60_000 }), /a whole zip archive/],
    ['a directory beyond the file', zip([storage], { directoryAt: 2 ** 31 }), /a whole zip archive/],
    [
      'a storage that is shorter than it says',
      archive(good, [{ ...storage, content: FLOATS.subarray(4) }]),
      /8 bytes of 2 float32 in x\/data\/0, found 4/,
    ],
    [
      'an order of bytes that is none',
      archive(good, [storage, { name: 'x/byteorder', content: Buffer.from('middle') }]),
      /byteorder little or big, found "middle"/,
    ],
    [
      'a long order of bytes',
      archive(good, [storage, { name: 'x/byteorder', content: Buffer.alloc(1000) }]),
      /byteorder little or big/,
    ],
    ['TorchScript', archive(good, [storage, { name: 'x/constants.pkl', content: FLOATS }]), /a TorchScript archive/],
    ['a pickle and more bytes', archive(Buffer.concat([good, FLOATS])), /the end of data\.pkl, found 8 more bytes/],
  ]
  return cases.map(([name, bytes, message]) => ({ name: `archive: ${name}`, file: 'x.pth', bytes, message }))
}

function streams(): HostileCase[] {
  const good = dictOf(tensor())
  const two = (first: string, second: string) =>
    pickle('}', text('a'), tensor({ type: first }), 's', text('b'), tensor({ type: second }), 's')
  const cases: [string, Uint8Array, RegExp][] = [
    ['no more than its magic', MAGIC, /expected/],
    ['another protocol', Buffer.concat([MAGIC, pickle(whole(1002))]), /protocol 1001, found number 1002/],
    [
      'a negative length',
      stream(good, { storages: Buffer.concat([int64(-1), FLOATS]) }),
      /a storage of 2 numbers, found -1/,
    ],
    [
      'a length of 2^62',
      stream(good, { storages: Buffer.concat([int64(1n << 62n), FLOATS]) }),
      /a storage of 2 numbers, found 4611686018427387904/,
    ],
    [
      'numbers cut short',
      stream(good, { storages: Buffer.concat([int64(2), FLOATS.subarray(4)]) }),
      /2 float32 of storage 0, found the end/,
    ],
    [
      'more behind the numbers',
      stream(good, { storages: Buffer.concat([int64(2), FLOATS, FLOATS]) }),
      /the end of the file, found 8 more bytes/,
    ],
    ['keys that are no list', stream(good, { keys: pickle('N') }), /expected/],
    ['a key twice', stream(good, { keys: pickle(']', text('0'), 'a', text('0'), 'a') }), /each once, found "0"/],
    ['a key of no tensor', stream(good, { keys: pickle(']', text('9'), 'a') }), /each once, found "9"/],
    [
      'one storage of two types',
      stream(two('torch.FloatStorage', 'torch.DoubleStorage')),
      /storage 0 of 2 float32, as before/,
    ],
  ]
  return cases.map(([name, bytes, message]) => ({ name: `stream: ${name}`, file: 'x.pth', bytes, message }))
}

function mxnet(): HostileCase[] {
  const good = array([2])
  const cases: [string, Uint8Array, RegExp][] = [
    ['2^62 arrays', arrayList([good], ['a'], { count: 1n << 62n }), /at most 131072 arrays/],
    ['fewer names than arrays', arrayList([good], []), /1 names, one for each array, found 0/],
    ['two arrays of one name', arrayList([good, good], ['a', 'a']), /names that differ/],
    [
      'a name of 2^40 bytes',
      Buffer.concat([arrayList([good], [], { named: 1 }), int64(2 ** 40)]),
      /a name of at most 4096 bytes/,
    ],
    ['-1 for an extent', arrayList([array([-1])], ['a']), /a shape of whole numbers/],
    ['a huge extent', arrayList([array([1n << 62n])], ['a']), /a shape of whole numbers|at most 1073741824 numbers/],
    [
      'extents whose product overflows',
      arrayList([array([2 ** 31, 2 ** 31, 2 ** 31])], ['a']),
      /at most 1073741824 numbers/,
    ],
    ['2^32 - 1 axes', arrayList([array([2], { axes: 2 ** 32 - 1 })], ['a']), /0 to 16 axes/],
    ['17 axes', arrayList([array(Array(17).fill(1))], ['a']), /0 to 16 axes/],
    ['an unknown number type', arrayList([array([2], { type: 99 })], ['a']), /a number type of .*, found 99/],
    ['a sparse array', arrayList([array([2], { kind: 1 })], ['a']), /a dense array, found storage type 1/],
    ['an unknown version', arrayList([array([2], { magic: 0xdeadbeef })], ['a']), /found magic 0xdeadbeef/],
    ['numbers beyond the file', arrayList([array([2 ** 20])], ['a']), /4194304 bytes of float32 \[1048576\]/],
    [
      'more behind the names',
      Buffer.concat([arrayList([good], ['a']), FLOATS]),
      /the end of the file, found 8 more bytes/,
    ],
    ['no more than its head', arrayList([], []).subarray(0, 24), /expected/],
  ]
  const beside = { 'x-symbol.json': '{"nodes": []}' }
  return cases.map(([name, bytes, message]) => ({
    name: `params: ${name}`,
    file: 'x-0000.params',
    bytes,
    beside,
    message,
  }))
}

function checkpoints(): HostileCase[] {
  const of = (...parts: Parameters<typeof entry>) =>
    table([
      ['', header()],
      ['a', entry(...parts)],
    ])
  const good = entry()
  const cases: [string, Uint8Array, RegExp][] = [
    ['a footer alone', table([['', header()]]).subarray(-48), /expected/],
    ['a block beyond the file', table([['', header()]], { index: [2 ** 40, 8] }), /a block of the table/],
    ['a block as long as 2^40', table([['', header()]], { index: [0, 2 ** 40] }), /a block of the table/],
    ['a block packed by snappy', table([['', header()]], { data: { packing: 1 } }), /not packed, found snappy/],
    ['another checksum', table([['', header()]], { data: { isDamaged: true } }), /a block of checksum/],
    ['2^30 restart points', table([['', header()]], { data: { restarts: 2 ** 30 } }), /restart points within it/],
    ['a key that shares what is not there', table([['x', good]], { shared: 100 }), /an entry within its block/],
    [
      'two variables of one name',
      table([
        ['', header()],
        ['a', good],
        ['a', good],
      ]),
      /keys that differ/,
    ],
    ['no header', table([['a', good]]), /the header of a checkpoint/],
    [
      'no shards',
      table([
        ['', header(0)],
        ['a', good],
      ]),
      /1 to 4096 shards, found 0/,
    ],
    [
      '2^31 shards',
      table([
        ['', header(2 ** 31)],
        ['a', good],
      ]),
      /1 to 4096 shards, found 2147483648/,
    ],
    ['an extent of -1', of({ shape: [-1] }), /a shape of whole numbers/],
    ['a huge extent', of({ shape: [2 ** 52] }), /at most 1073741824 numbers/],
    ['a hundred axes', of({ shape: Array(100).fill(1) }), /at most 16 axes/],
    ['another size', of({ size: 2 ** 40 }), /8 bytes of float32 \[2\], found 1099511627776/],
    ['a shard that is none', of({ shard: 1 }), /a shard of 1, found 1/],
    ['an offset of -1', of({ offset: -1 }), /a place of a in the file/],
    ['an offset beyond the file', of({ offset: 2 ** 40 }), /8 bytes of a, found 0 to the end/],
    ['a partitioned variable', of({ more: bytesField(7, Buffer.alloc(0)) }), /one that was partitioned/],
    [
      'an entry that is no protobuf',
      table([
        ['', header()],
        ['a', Buffer.alloc(5, 255)],
      ]),
      /"a", expected/,
    ],
    ["a checksum that is not the numbers'", of(), /checksum 0 of a/],
  ]
  const beside = { 'x.ckpt.data-00000-of-00001': FLOATS }
  return cases.map(([name, bytes, message]) => ({
    name: `checkpoint: ${name}`,
    file: 'x.ckpt.index',
    bytes,
    beside,
    message,
  }))
}

function headers(): HostileCase[] {
  const one = (fields: string) => safetensors(`{"a":{${fields}}}`)
  const many = Array.from({ length: 140_000 }, (_, i) => `"${i}":0`).join()
  const cases: [string, Uint8Array, RegExp][] = [
    ['a header of 2^63 bytes', safetensors('{}', FLOATS, 1n << 63n), /a header within the file/],
    ['a header longer than the file', safetensors('{}', FLOATS, 1000), /a header within the file/],
    ['no JSON', safetensors('{]'), /a JSON object as header/],
    ['JSON a hundred thousand deep', safetensors(`{"a":${'['.repeat(100_000)}`), /a JSON object as header/],
    ['a dtype that is none', one('"dtype":"F8","shape":[2],"data_offsets":[0,8]'), /a dtype of F64/],
    ['a dtype of a prototype', one('"dtype":"constructor","shape":[2],"data_offsets":[0,8]'), /a dtype of F64/],
    ['a shape of -1', one('"dtype":"F32","shape":[-1],"data_offsets":[0,8]'), /a shape of whole numbers/],
    ['a shape of infinity', one('"dtype":"F32","shape":[1e999],"data_offsets":[0,8]'), /a shape of whole numbers/],
    ['a shape of null', one('"dtype":"F32","shape":[null],"data_offsets":[0,8]'), /a shape of whole numbers/],
    [
      'a shape that overflows',
      one('"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]'),
      /at most 8589934592 numbers/,
    ],
    ['offsets that run backwards', one('"dtype":"F32","shape":[2],"data_offsets":[8,0]'), /8 bytes within/],
    ['a negative offset', one('"dtype":"F32","shape":[2],"data_offsets":[-8,0]'), /shape and data_offsets/],
    ['offsets beyond the file', one('"dtype":"F32","shape":[2],"data_offsets":[8,16]'), /8 bytes within/],
    ['offsets of NaN', one('"dtype":"F32","shape":[2],"data_offsets":["NaN",8]'), /shape and data_offsets/],
    [
      'tensors that overlap',
      safetensors(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
      ),
      /the next tensor/,
    ],
    [
      'bytes of no tensor',
      one('"dtype":"F32","shape":[1],"data_offsets":[0,4]'),
      /the end of the file, found 4 more bytes/,
    ],
    ['140,000 tensors', safetensors(`{${many}}`), /at most 131072 tensors/],
    ['no shape', one('"dtype":"F32"'), /shape and data_offsets/],
  ]
  return cases.map(([name, bytes, message]) => ({
    name: `safetensors: ${name}`,
    file: 'x.safetensors',
    bytes,
    message,
  }))
}

function models(): HostileCase[] {
  const outside = (location: string) => onnx(onnxTensor({ raw: undefined, more: external(['location', location]) }))
  const cases: [string, Uint8Array, RegExp][] = [
    ['a negative extent', onnx(onnxTensor({ dims: [minusOne(1)] })), /a shape of whole numbers/],
    ['a huge extent', onnx(onnxTensor({ dims: [2 ** 52] })), /at most 1073741824 numbers/],
    [
      'extents whose product overflows',
      onnx(onnxTensor({ dims: [2 ** 31, 2 ** 31, 2 ** 31] })),
      /at most 1073741824 numbers/,
    ],
    ['seventeen axes', onnx(onnxTensor({ dims: Array(17).fill(1) })), /at most 16 axes/],
    ['numbers that do not fit the shape', onnx(onnxTensor({ dims: [3] })), /12 bytes of float32 \[3\].*found 8/],
    ['numbers in two places', onnx(onnxTensor({ more: [bytesField(4, FLOATS)] })), /numbers of float32 in one place/],
    ['two tensors of one name', onnx(onnxTensor(), onnxTensor()), /names that differ/],
    [
      'numbers one by one, not packed',
      onnx(
        onnxTensor({
          dims: [200_000],
          raw: undefined,
          more: [Buffer.alloc(1_000_000, Buffer.from('2500000000', 'hex'))],
        }),
      ),
      /numbers in at most 131072 parts/,
    ],
    [
      'a million strides',
      message(
        intField(1, 8),
        bytesField(7, message(bytesField(1, bytesField(5, Buffer.alloc(2_000_000, Buffer.from('4001', 'hex')))))),
      ),
      /at most 262144 whole numbers/,
    ],
    [
      'a varint without an end',
      Buffer.concat([onnx(onnxTensor()), Buffer.alloc(12, 255)]),
      /a number of over 10 bytes/,
    ],
    [
      'a field beyond the file',
      Buffer.concat([onnx(onnxTensor()), Buffer.from('7affffffff0f', 'hex')]),
      /expected 4294967295 bytes of field 15, found 0/,
    ],
    ['external data of ../', outside('../x'), /external data in the model's folder/],
    ['external data of /etc/passwd', outside('/etc/passwd'), /external data in the model's folder/],
    ['external data of a/../../', outside('a/../../x'), /external data in the model's folder/],
    ['external data of no name', outside(''), /external data in the model's folder/],
    ['external data of a name with NUL', outside('x\0y'), /external data in the model's folder/],
    ['external data that is missing', outside('nowhere'), /nowhere beside it/],
    [
      'external data from NaN',
      onnx(onnxTensor({ raw: undefined, more: external(['location', 'x.onnx'], ['offset', 'NaN']) })),
      /8 bytes of external data/,
    ],
    [
      'external data from -1',
      onnx(onnxTensor({ raw: undefined, more: external(['location', 'x.onnx'], ['offset', '-1']) })),
      /8 bytes of external data/,
    ],
    [
      'external data beyond its file',
      onnx(onnxTensor({ raw: undefined, more: external(['location', 'x.onnx'], ['offset', '999999']) })),
      /8 bytes of a, found 0 to the end/,
    ],
    [
      'external data of another length',
      onnx(onnxTensor({ raw: undefined, more: external(['location', 'x.onnx'], ['length', '4']) })),
      /8 bytes of external data/,
    ],
  ]
  return cases.map(([name, bytes, message]) => ({ name: `ONNX: ${name}`, file: 'x.onnx', bytes, message }))
}

export const HOSTILE_CASES: readonly HostileCase[] = [
  ...pickled(),
  ...archives(),
  ...streams(),
  ...mxnet(),
  ...checkpoints(),
  ...headers(),
  ...models(),
]
