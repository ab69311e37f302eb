import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DataError } from '@tiny-face/safe-files'
import { Packr, Unpackr } from 'msgpackr'
import t from 'tap'
import {
  type BeginFields,
  copyRecord,
  type DataMap,
  decodeRecords,
  decodeStream,
  encodeRecords,
  encodeStream,
  MAX_DEPTH,
  RecordReader,
  RecordWriter,
  tensorOf,
  tensorValues,
} from '../src/index.js'

const RECORDS: DataMap[] = [
  { id: 0, label: 3, image: Buffer.from('ffd8ffe0', 'hex') },
  { id: 2 ** 32, label: -5, payload: Buffer.alloc(0) },
  { id: 2 ** 53 - 1, label: 2 ** 31 },
  { id: 2n ** 63n, label: 1.5 },
  { id: 'Aaron_Peirsol/ключ.jpg', label: tensorOf(Float32Array.of(1.5, -2.5)) },
  { image: Buffer.alloc(300_000, 7), example: Buffer.alloc(70_000, 1) },
  { id: 255, label: 256, pair: { index: 7, side: 1, same: true } },
  { recordio: { role: 'header', flag: 2, label: tensorOf(Float32Array.of(5, 9)), id: 2 ** 40, id2: 2n ** 60n } },
  { id: 65536, foreign: { nested: [1, 'two', { three: null }], flag: false } },
]
const BEGIN: BeginFields = { count: RECORDS.length, classes: 9, names: ['a', 'b'], source: 'x.rec' }

async function bytesOf(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  return Buffer.concat(await Readable.from(encodeRecords(records, begin)).toArray())
}

async function recordsOf(chunks: Iterable<Uint8Array>, options = {}): Promise<DataMap[]> {
  const records: DataMap[] = []
  for await (const record of decodeRecords(chunks, options)) records.push(copyRecord(record))
  return records
}

/** Bytes as plain Uint8Arrays, so that deep comparison does not tell a Buffer from one. */
const plain = (records: DataMap[]) => records.map(copyRecord)

t.test('what is written is read, in chunks of any size', async t => {
  const bytes = await bytesOf(RECORDS, BEGIN)
  for (const size of [1, 2, 3, 1000, 262_144, bytes.length]) {
    const chunks = function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    if (size === 1) {
      const small = await bytesOf(RECORDS.filter(record => (record.image?.length ?? 0) < 1000))
      const bitten = [...small].map(byte => Uint8Array.of(byte))
      t.equal((await recordsOf(bitten)).length, RECORDS.length - 1)
    } else t.strictSame(await recordsOf(chunks()), plain(RECORDS), `chunks of ${size}`)
  }
})

t.test('Numbers end before 2^53, which msgpackr itself would give as one', async t => {
  const records: DataMap[] = [
    { id: 2n ** 53n, label: 1 },
    { recordio: { role: 'raw', id: 2n ** 53n, id2: 2 ** 53 - 1 }, list: [-(2n ** 53n), 1 - 2 ** 53, [2n ** 53n]] },
  ]
  t.strictSame(await recordsOf([await bytesOf(records)]), records)
})

t.test('msgpackr reads what is written, and writes what is read', async t => {
  const bytes = await bytesOf(RECORDS, BEGIN)
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'auto' as 'number' })
  const maps = unpackr.unpackMultiple(bytes) as DataMap[]
  t.strictSame(maps[0], { begin: 1, ...BEGIN })
  t.strictSame(plain(maps.slice(1, -1)), plain(RECORDS))
  t.strictSame(maps.at(-1), { end: true, count: RECORDS.length })

  const packr = new Packr({ useRecords: false, variableMapSize: true })
  const theirs = Buffer.concat([
    packr.pack({ begin: 1 }),
    packr.pack({ id: 70_000, label: 3, image: Buffer.from('abc') }),
    packr.pack({ label: 0.5, id: -1 }),
    packr.pack({ end: true, count: 2 }),
  ])
  t.strictSame(
    await recordsOf([theirs]),
    plain([
      { id: 70_000, label: 3, image: Buffer.from('abc') },
      { label: 0.5, id: -1 },
    ]),
  )
})

t.test('maps of known and unknown fields, however they nest, are read as msgpackr reads them', async t => {
  const packr = new Packr({ useRecords: false, variableMapSize: true })
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true })
  let state = 11
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const names = [
    'id',
    'pair',
    'index',
    'side',
    'same',
    'embedding',
    'flipped',
    'dtype',
    'shape',
    'data',
    'sam',
    'samea',
    'x',
  ]
  const value = (depth: number): unknown => {
    const leaves = [
      below(128),
      below(2 ** 8),
      below(2 ** 16),
      below(2 ** 31),
      -below(50),
      true,
      false,
      'float32',
      'uint8',
    ]
    const more = [...leaves, 'float', 'ключ', 0.5, null, new Uint8Array(below(3) * 150).fill(depth), [], {}]
    if (depth > 3 || below(3) > 0) return more[below(more.length)]
    if (below(2) === 0) return Array.from({ length: below(20) }, () => value(depth + 1))
    return Object.fromEntries(Array.from({ length: below(18) }, () => [names[below(names.length)]!, value(depth + 1)]))
  }
  for (let i = 0; i < 200; i++) {
    const bytes = packr.pack(Object.fromEntries(names.slice(0, 1 + below(names.length)).map(name => [name, value(0)])))
    for await (const record of decodeRecords([bytes], { unframed: true }))
      t.strictSame(copyRecord(record), copyRecord(unpackr.unpack(bytes)))
  }
})

t.test('integers stay integers at every size', async t => {
  const edges = [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
  const values = [...edges, ...edges.filter(n => n > 0).flatMap(n => [-n, -n - 1])].filter(Number.isSafeInteger)
  const records = values.flatMap(value => [{ label: value }, { deep: { value } }]) as DataMap[]
  const bytes = await bytesOf(records)
  t.strictSame(await recordsOf([bytes]), records)
  t.notOk(bytes.includes(0xcb), 'no float64 among the bytes')
})

t.test('file descriptors: written and read synchronously, begin known before any record', async t => {
  const path = join(mkdtempSync(join(t.testdir(), 'x-')), 'stream')
  const out = openSync(path, 'w')
  const writer = new RecordWriter(out, BEGIN)
  for (const record of RECORDS) writer.write(record)
  writer.end()
  closeSync(out)
  t.strictSame(readFileSync(path), await bytesOf(RECORDS, BEGIN))

  const reader = new RecordReader(openSync(path, 'r'))
  t.strictSame(reader.begin, { begin: 1, ...BEGIN })
  t.strictSame([...reader].map(copyRecord).length, RECORDS.length)
})

t.test('Node streams both ways', async t => {
  const decoded = await Readable.from(plain(RECORDS)).pipe(encodeStream(BEGIN)).pipe(decodeStream()).toArray()
  t.strictSame(decoded, plain(RECORDS))
})

t.test('two segments are one stream', async t => {
  const bytes = await bytesOf([{ id: 1 }, { id: 2 }])
  t.strictSame(await recordsOf([bytes, bytes]), [{ id: 1 }, { id: 2 }, { id: 1 }, { id: 2 }])
})

t.test('every truncation is told', async t => {
  const bytes = await bytesOf(
    [
      { id: 1, image: Buffer.from('abc') },
      { id: 2, label: tensorOf(Int32Array.of(5)) },
    ],
    { source: 'x.rec' },
  )
  t.equal((await recordsOf([bytes])).length, 2)
  for (let size = 0; size < bytes.length; size++) {
    await t.rejects(recordsOf([bytes.subarray(0, size)]), DataError, `${size} bytes`)
  }
  await t.rejects(
    recordsOf([bytes.subarray(0, bytes.length - 12)]),
    /^x\.rec: byte \d+: record 2: stopped .*after 2 records/,
  )
  await t.rejects(recordsOf([]), /expected a record stream, found nothing/)
})

t.test('what breaks the protocol is told', async t => {
  const packr = new Packr({ useRecords: false })
  const stream = (...maps: unknown[]) => [Buffer.concat(maps.map(map => packr.pack(map)))]
  await t.rejects(recordsOf(stream({ begin: 2 })), /byte 0: record 0: expected the begin .* found version 2/)
  await t.rejects(recordsOf(stream({ id: 1 })), /expected the begin of a record stream, version 1, found a map of id/)
  await t.rejects(
    recordsOf(stream({ begin: 1 }, { id: 1 }, { end: true, count: 2 })),
    /expected an end after 2 records, found one after 1/,
  )
  await t.rejects(recordsOf(stream({ begin: 1 }, { begin: 1 })), /found another begin/)
  await t.rejects(
    recordsOf(stream({ begin: 1 }, [1])),
    /byte \d+: record 0: expected a MessagePack map, found type 0x91/,
  )
  await t.rejects(
    recordsOf([Buffer.from('PK\u0003\u0004zip')]),
    /byte 0: record 0: expected a record stream, as image-dump or recordio-dump writes it, found something else/,
  )
  await t.rejects(recordsOf([Buffer.from('81a178c1', 'hex')]), /found type 0xc1/)
  await t.rejects(recordsOf([Buffer.from('81a178d60000000000', 'hex')]), /without extension types, found type 0xd6/)
  await t.rejects(recordsOf([Buffer.from('81a178c6ffffffff', 'hex')]), /expected a map of at most/)
  await t.rejects(recordsOf([Buffer.from(`81a178${'91'.repeat(MAX_DEPTH + 1)}`, 'hex')]), /levels of maps and arrays/)
})

t.test('a bare sequence of maps is read when asked for', async t => {
  const packr = new Packr({ useRecords: false })
  const bare = Buffer.concat([packr.pack({ id: 1 }), packr.pack({ id: 2 })])
  t.strictSame(await recordsOf([bare], { unframed: true }), [{ id: 1 }, { id: 2 }])
  const file = join(t.testdir({ bare }), 'bare')
  const fd = openSync(file, 'r')
  const reader = new RecordReader(fd, { unframed: true })
  t.same([reader.begin, reader.begin], [{ begin: 1 }, { begin: 1 }], 'asked for twice')
  t.strictSame([...reader], [{ id: 1 }, { id: 2 }])
  closeSync(fd)
  await t.rejects(recordsOf([bare]), DataError)
})

t.test('a flipped bit never crashes, hangs, or passes for a lost record', async t => {
  const bytes = await bytesOf([
    { id: 1, image: Buffer.from('abc') },
    { id: 2, label: 7 },
  ])
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    try {
      t.equal((await recordsOf([flipped])).length, 2, `bit ${bit}`)
    } catch (error) {
      t.ok(error instanceof DataError, `bit ${bit}: ${error}`)
    }
  }
})

t.test('tensors are views where aligned, copies where not, and checked', async t => {
  const tensor = tensorOf(Float32Array.of(1, 2, 3, 4), [2, 2])
  t.equal(tensorValues(tensor).buffer, tensor.data.buffer)
  const shifted = Buffer.from(new ArrayBuffer(17))
  shifted.set(tensor.data, 1)
  t.strictSame(tensorValues({ ...tensor, data: shifted.subarray(1) }), Float32Array.of(1, 2, 3, 4))
  t.throws(
    () => tensorValues({ ...tensor, shape: [3] }),
    /expected 12 bytes in a float32 tensor of shape \[3\], found 16/,
  )
  t.throws(() => tensorValues({ ...tensor, dtype: 'float16' as 'float32' }), /found dtype float16/)
  t.throws(() => tensorOf(Float32Array.of(1), [2]), RangeError)
})

t.test('golden bytes: the wire is what the specification says', async t => {
  const bytes = await bytesOf([{ id: 300, label: -1, image: Buffer.from('ff', 'hex') }])
  // {begin: 1} {id: 300, label: -1, image: bin ff} {end: true, count: 1}
  t.equal(
    bytes.toString('hex'),
    `81a5626567696e01${'83a26964cd012ca56c6162656cffa5696d616765c401ff'}82a3656e64c3a5636f756e7401`,
  )
})
