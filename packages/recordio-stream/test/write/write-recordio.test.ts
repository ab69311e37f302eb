import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { copyRecord, type DataMap, decodeRecords, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import fc from 'fast-check'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { readRecordIO } from '../../src/read/read-recordio.js'
import { RecordIOWriter, writeRecordIO } from '../../src/write/write-recordio.js'
import { anyFile, FILES, generatedFile, irRecord, part, runs, scan, scratch, tinyImage } from '../fixtures.js'

const data = sharedData()
const copies = (records: Iterable<DataMap>) => Array.from(records, copyRecord)

t.test('every file is copied byte for byte with --all, through the wire, with its index', { skip: !data }, async t => {
  for (const name of FILES) {
    const source = join(data!, 'recordio', name)
    const copy = join(scratch(t), basename(name))
    const reader = readRecordIO(`${source}.rec`, { all: true })
    await writeRecordIO(`${copy}.rec`, decodeRecords(encodeRecords(reader, reader.begin)))
    t.ok(readFileSync(`${copy}.rec`).equals(readFileSync(`${source}.rec`)), name)
    if (existsSync(`${source}.idx`))
      t.equal(readFileSync(`${copy}.idx`, 'utf8'), readFileSync(`${source}.idx`, 'utf8'), `${name}.idx`)
  }
})

t.test('any file is copied byte for byte, with any keys', async t => {
  const folder = scratch(t)
  const [source, copy] = [join(folder, 'source'), join(folder, 'copy')]
  await fc.assert(
    fc.asyncProperty(anyFile, async ({ bytes, index }) => {
      writeFileSync(`${source}.rec`, bytes)
      writeFileSync(`${source}.idx`, index)
      const reader = readRecordIO(`${source}.rec`, { all: true })
      await writeRecordIO(`${copy}.rec`, decodeRecords(encodeRecords(reader, reader.begin)), { force: true })
      return readFileSync(`${copy}.rec`).equals(bytes) && readFileSync(`${copy}.idx`, 'latin1') === index
    }),
    { numRuns: runs(50) },
  )
})

t.test('labels of any number', async t => {
  const folder = scratch(t)
  const labels = Array.from({ length: 300_000 }, (_, i) => i / 4)
  const { bytes } = generatedFile([irRecord(labels, 2n ** 60n + 1n, tinyImage(1)), irRecord([5], 1, tinyImage(2))])
  writeFileSync(join(folder, 'a.rec'), bytes)
  const read = () => readRecordIO(join(folder, 'a.rec'), { all: true })
  t.same(
    copies(read()).map(({ label, recordio }) => [
      typeof label === 'object' ? label.shape : label,
      recordio!.id,
      recordio!.flag,
    ]),
    [
      [[300_000], 2n ** 60n + 1n, 300_000],
      [5, 1, 1],
    ],
  )
  await writeRecordIO(join(folder, 'b.rec'), decodeRecords(encodeRecords(read())))
  t.ok(readFileSync(join(folder, 'b.rec')).equals(bytes))
})

t.test('a header row behind the images stays where it is', async t => {
  const folder = scratch(t)
  const rows = [
    irRecord(0, 1, tinyImage(1)),
    irRecord([2, 3], 0, Buffer.alloc(0)),
    irRecord([1, 2], 2, Buffer.alloc(0)),
  ]
  const { bytes } = generatedFile(rows)
  writeFileSync(join(folder, 'a.rec'), bytes)
  await writeRecordIO(join(folder, 'b.rec'), readRecordIO(join(folder, 'a.rec'), { all: true }))
  t.ok(readFileSync(join(folder, 'b.rec')).equals(bytes))
})

t.test("the images alone become insightface's files again, as they were", { skip: !data }, async t => {
  for (const name of ['lfw_min10', 'insightface_orl', 'insightface_orl_vector2']) {
    const source = join(data!, 'recordio', name)
    const copy = scratch(t)
    await writeRecordIO(join(copy, 'train.rec'), readRecordIO(join(source, 'train.rec')))
    for (const file of ['train.rec', 'train.idx', 'property']) {
      t.ok(readFileSync(join(copy, file)).equals(readFileSync(join(source, file))), `${name}/${file}`)
    }
  }
})

t.test('images with vector labels keep them', { skip: !data }, async t => {
  const path = join(scratch(t), 'x.rec')
  const source = join(data!, 'recordio/insightface_orl_vector2/train.rec')
  await writeRecordIO(path, decodeRecords(encodeRecords(readRecordIO(source))))
  const images = copies(readRecordIO(source))
  t.same(copies(readRecordIO(path)), images)
})

const image = (label: number, seed = label): DataMap => ({ id: 'a/path.jpg', label, image: tinyImage(seed + 1) })
const rows = (path: string) =>
  Array.from(readRecordIO(path, { all: true }), ({ id, label, recordio }) => [id, recordio!.role, recordio!.id, label])

t.test('labels 0, 1, 2, … in runs give header and identity rows', async t => {
  const path = join(scratch(t), 'x.rec')
  await writeRecordIO(
    path,
    [0, 0, 0, 1, 2, 2].map(label => image(label)),
  )
  t.same(
    rows(path).map(([, role]) => role),
    ['header', ...Array(6).fill('image'), ...Array(3).fill('identity')],
  )
  t.same(readRecordIO(path).begin, { count: 6, classes: 3, source: path })
  const expected = [[7, 10], 0, 0, 0, 1, 2, 2, [1, 4], [4, 5], [5, 7]].map((label, key) =>
    irRecord(label, key, typeof label === 'number' ? tinyImage(label + 1) : Buffer.alloc(0)),
  )
  t.same(
    scan(readFileSync(path)).map(({ record }) => record),
    expected,
  )
})

t.test('any other order of labels gives image rows in the order of the stream', async t => {
  for (const labels of [
    [5, 5, 6],
    [0, 0, 1, 0],
    [0, 2],
    [0, 1, 1.5],
    [1, 0],
    [0, 0, 1, 1, 2, 2, 1],
    [-1, 0, 1],
  ]) {
    const path = join(scratch(t), 'x.rec')
    await writeRecordIO(
      path,
      labels.map((label, i) => image(label, i)),
    )
    t.same(
      rows(path),
      labels.map((label, key) => [key, 'image', key, label]),
      `labels ${labels}`,
    )
    const expected = labels.map((label, key) => part(0, irRecord(label, key, tinyImage(key + 1))))
    t.same(readFileSync(path), Buffer.concat(expected))
  }
})

t.test('an order found out late, after megabytes of rows, some of them in parts', async t => {
  const path = join(scratch(t), 'x.rec')
  const images = Array.from({ length: 300 }, (_, i) => {
    const bytes = tinyImage(i % 256, 20_000 + i)
    bytes.set([0x0a, 0x23, 0xd7, 0xce], 400 + i)
    return bytes
  })
  const labels = images.map((_, i) => (i === 280 ? 0 : i >> 1))
  await writeRecordIO(
    path,
    images.map((image, i) => ({ label: labels[i]!, image })),
  )
  t.same(
    scan(readFileSync(path)).map(({ record }) => record),
    images.map((image, i) => irRecord(labels[i]!, i, image)),
  )
  t.equal(copies(readRecordIO(path, { order: 'index' })).length, 300)
})

t.test('an order found out with the last row: files end where their rows end', async t => {
  const path = join(scratch(t), 'x.rec')
  const labels = [...Array.from({ length: 3000 }, (_, i) => i), 0]
  await writeRecordIO(
    path,
    labels.map(label => ({ label, image: tinyImage(1, 4) })),
  )
  const row = part(0, irRecord(0, 0, tinyImage(1, 4))).length
  t.equal(readFileSync(path).length, labels.length * row)
  t.equal(readFileSync(path.replace('.rec', '.idx'), 'utf8'), labels.map((_, key) => `${key}\t${key * row}\n`).join(''))
})

t.test('records that hold the magic number are cut as dmlc-core cuts them', async t => {
  const path = join(scratch(t), 'x.rec')
  const magic = Buffer.from('0a23d7ce', 'hex')
  const payload = Buffer.concat([magic, Buffer.from('abcd'), magic, magic, Buffer.from('e'), magic])
  await writeRecordIO(path, [
    { payload, recordio: { role: 'raw' } },
    { payload: magic, recordio: { role: 'raw' } },
  ])
  const parts = [
    part(1, ''),
    part(2, 'abcd'),
    part(2, ''),
    part(3, Buffer.concat([Buffer.from('e'), magic])),
    part(1, ''),
    part(3, ''),
  ]
  t.same(readFileSync(path), Buffer.concat(parts))
})

t.test('only a JPEG or PNG becomes an image row, and nothing becomes an empty file', async t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  for (const [bytes, found] of [
    ['BM\x36\0\0\0\0\0\0\0\x36\0\0\0', 'BMP'],
    ['RIFF\x24\0\0\0WEBPVP8 ', 'WEBP'],
    ['P5\n1 1\n255\n\0', 'PGM'],
    ['\x80'.repeat(37_632), 'bytes that are no image'],
    ['', 'bytes that are no image'],
  ] as const) {
    const records = [image(0), { id: 'b', label: 0, image: Buffer.from(bytes, 'latin1') }]
    const message = `record stream: record 1 (id b): expected a JPEG or PNG, found ${found}`
    await t.rejects(writeRecordIO(path, records), { name: 'DataError', message }, found)
  }
  const message = 'record stream: expected at least one record, found none'
  await t.rejects(writeRecordIO(path, []), { name: 'DataError', message })
  t.same(readdirSync(folder), [])
})

t.test('labels of several numbers, the first of which come in runs, give header and identity rows', async t => {
  const path = join(scratch(t), 'x.rec')
  const labels = [
    [0, 0.5],
    [0, 0.25],
    [1, 8],
  ]
  await writeRecordIO(
    path,
    labels.map((label, i) => ({ label: tensorOf(Float32Array.from(label)), image: tinyImage(i) })),
  )
  const expected = [[4, 6], ...labels, [1, 3], [3, 4]].map((label, key) =>
    irRecord(label, key, key >= 1 && key <= 3 ? tinyImage(key - 1) : Buffer.alloc(0)),
  )
  t.same(
    scan(readFileSync(path)).map(({ record }) => record),
    expected,
  )
})

t.test('records larger than a block', async t => {
  const path = join(scratch(t), 'x.rec')
  const images = [3_000_000, 10, 2_000_001, 10].map((size, i) => tinyImage(i, size))
  await writeRecordIO(
    path,
    images.map(image => ({ label: 7, image })),
  )
  t.same(
    copies(readRecordIO(path)).map(({ image }) => Buffer.from(image!)),
    images,
  )
})

t.test('a label that a stage changed takes the place of the one that was read', async t => {
  const folder = scratch(t)
  const source = join(folder, 'a.rec')
  writeFileSync(
    source,
    Buffer.concat([part(0, irRecord(1, 9, tinyImage(1))), part(0, irRecord([1, 2], 10, tinyImage(2)))]),
  )
  const records = copies(readRecordIO(source, { all: true })).map(record => ({ ...record, label: 3 }))
  await writeRecordIO(join(folder, 'b.rec'), records)
  t.same(
    readFileSync(join(folder, 'b.rec')),
    Buffer.concat([part(0, irRecord(3, 9, tinyImage(1))), part(0, irRecord(3, 10, tinyImage(2)))]),
  )
})

t.test('a label of several numbers that a stage changed, in one number or in its kind', async t => {
  const folder = scratch(t)
  const source = join(folder, 'a.rec')
  writeFileSync(source, part(0, irRecord([1, 2], 10, tinyImage(2))))
  const written = async (label: DataMap['label']) => {
    const records = copies(readRecordIO(source, { all: true })).map(record => ({ ...record, label }))
    await writeRecordIO(join(folder, 'b.rec'), records, { force: true })
    return readFileSync(join(folder, 'b.rec'))
  }
  const expected = (label: number[]) => part(0, irRecord(label, 10, tinyImage(2)))
  t.same(await written(tensorOf(Float32Array.of(1, 3))), expected([1, 3]))
  t.same(await written(tensorOf(Float64Array.of(1, 2))), expected([1, 2]), 'the same numbers in other bytes')
  const bits = new Int32Array(Float32Array.of(1, 2).buffer)
  t.same(await written(tensorOf(bits)), expected([...bits]), 'other numbers in the same bytes')
})

t.test('label bits are kept: NaN, -0, and the first label of im2rec.cc', async t => {
  const folder = scratch(t)
  const nan = irRecord(0, 1, tinyImage(1))
  nan.writeUInt32LE(0xffc12345, 4)
  const twice = irRecord([3, 4], 2, tinyImage(2))
  twice.writeFloatLE(3, 4)
  const file = Buffer.concat([nan, irRecord(-0, 3, tinyImage(3)), twice].map(record => part(0, record)))
  writeFileSync(join(folder, 'a.rec'), file)
  await writeRecordIO(
    join(folder, 'b.rec'),
    decodeRecords(encodeRecords(readRecordIO(join(folder, 'a.rec'), { all: true }))),
  )
  t.same(readFileSync(join(folder, 'b.rec')), file)
})

t.test('what a .rec cannot hold is refused with the record, and nothing is left behind', async t => {
  const jpeg = tinyImage(1)
  const cases: [DataMap[], RegExp][] = [
    [[image(0), { id: 7, label: 1 }], /^s: record 1 \(id 7\): expected an image, found a record without one$/],
    [[{ id: 'x', image: jpeg }], /^s: record 0 \(id x\): expected a label/],
    [[{ label: 2 ** 24 + 1, image: jpeg }], /expected a label that a float32 holds .*, found 16777217/],
    [[{ label: tensorOf(new Float32Array(0)), image: jpeg }], /expected at least one label/],
    [
      [{ image: jpeg, recordio: { role: 'image', flag: 2, label: tensorOf(Float32Array.of(1)) } }],
      /expected 8 bytes of recordio labels, found 4/,
    ],
    [
      [{ image: jpeg, recordio: { role: 'image', flag: 0, label: tensorOf(Float32Array.of(1)), id: -1 } }],
      /id of 64 bits, found -1/,
    ],
    [[{ id: 'a\tb', payload: jpeg, recordio: { role: 'raw' } }], /an id that can be a key in an index, found "a\\tb"/],
    [[{ id: ' a', payload: jpeg, recordio: { role: 'raw' } }], /an id that can be a key in an index, found " a"/],
    [
      [image(0), { payload: jpeg, recordio: { role: 'raw' } }],
      /expected a record without a recordio field, as before, found one with/,
    ],
  ]
  for (const [records, message] of cases) {
    const folder = scratch(t)
    await t.rejects(writeRecordIO(join(folder, 'x.rec'), records, { source: 's' }), { name: 'DataError', message })
    t.same(readdirSync(folder), [])
  }
})

t.test('fields of any kind from a foreign program give a DataError or a file', async t => {
  const path = join(scratch(t), 'x.rec')
  const values = [
    undefined,
    null,
    -1,
    0.5,
    2 ** 40,
    2n ** 70n,
    'text',
    true,
    [1],
    {},
    tinyImage(1),
    tensorOf(Float32Array.of(1, 2)),
  ]
  const write = async (record: object) => {
    try {
      await writeRecordIO(path, [record as DataMap], { force: true })
    } catch (error) {
      if ((error as Error).name !== 'DataError') t.fail(`${(error as Error).stack} from ${Object.keys(record)}`)
    }
  }
  const plain = { id: 1, label: 1, image: tinyImage(1) }
  const recordio = {
    role: 'image',
    flag: 0,
    label: tensorOf(Float32Array.of(1)),
    id: 1,
    id2: 0,
    first: tensorOf(Float32Array.of(1)),
  }
  const tensor = { ...tensorOf(Float32Array.of(1)) }
  for (const value of values) {
    for (const field of [...Object.keys(plain), 'recordio']) {
      await write({ ...plain, [field]: value })
      await write({ ...plain, recordio, [field]: value })
    }
    for (const field of Object.keys(recordio)) {
      for (const flag of [0, 1]) await write({ ...plain, recordio: { ...recordio, flag, [field]: value } })
    }
    for (const field of Object.keys(tensor)) {
      await write({ ...plain, label: { ...tensor, [field]: value } })
      await write({ ...plain, label: undefined, recordio: { ...recordio, label: { ...tensor, [field]: value } } })
    }
  }
  t.pass()
})

t.test('two datasets with headers are no dataset', { skip: !data }, async t => {
  const source = join(data!, 'recordio/insightface_orl/train.rec')
  const twice = [source, source].flatMap(path => copies(readRecordIO(path, { all: true })))
  await t.rejects(writeRecordIO(join(scratch(t), 'x.rec'), twice), {
    message: /record 441 \(id 0\): expected one header record/,
  })
})

t.test('files that exist are replaced by force only', async t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  await writeRecordIO(path, [image(3)])
  const before = readFileSync(path)
  t.throws(() => new RecordIOWriter(path), { message: /x\.rec: exists already/ })
  writeFileSync(join(folder, 'y.idx'), '')
  t.throws(() => new RecordIOWriter(join(folder, 'y.rec')), { message: /y\.idx: exists already/ })
  t.same(readdirSync(folder).sort(), ['x.idx', 'x.rec', 'y.idx'])

  const dying = new RecordIOWriter(path, { force: true })
  dying.write(image(4))
  dying.abort()
  t.same(readFileSync(path), before)
  await writeRecordIO(path, [image(4), image(4)], { force: true })
  t.equal(copies(readRecordIO(path)).length, 2)
})

t.test(
  'property: written with identities and one size, never over that of another dataset',
  { skip: !data },
  async t => {
    const folder = scratch(t)
    const path = join(folder, 'x.rec')
    const [face] = copies(readRecordIO(join(data!, 'recordio/insightface_orl/train.rec')))
    const faces = [0, 1].map(label => ({ ...face, label }))
    await writeRecordIO(path, faces)
    t.equal(readFileSync(join(folder, 'property'), 'utf8'), '2,112,112')

    const three = [...faces, { ...face, label: 2 }]
    const writer = new RecordIOWriter(path, { force: true })
    for (const record of three) writer.write(record)
    writer.commit()
    t.equal(readFileSync(join(folder, 'property'), 'utf8'), '3,112,112')

    const beside = new RecordIOWriter(join(folder, 'y.rec'))
    for (const record of faces) beside.write(record)
    beside.commit()
    t.equal(beside.keptProperty, join(folder, 'property'))
    t.equal(readFileSync(join(folder, 'property'), 'utf8'), '3,112,112')

    const mixed = scratch(t)
    await writeRecordIO(join(mixed, 'x.rec'), [...faces, image(2)])
    t.notOk(existsSync(join(mixed, 'property')))
  },
)
