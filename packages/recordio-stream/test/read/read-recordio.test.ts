import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyRecord, type DataMap, type Tensor, tensorValues } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeRecordIO } from '../../src/read/decode-recordio.js'
import { readRecordIO } from '../../src/read/read-recordio.js'
import { irRecord, parseManifest, part, scratch, sha256, tinyImage } from '../fixtures.js'

const data = sharedData()
const MANIFESTS = {
  'insightface_orl/train': 'insightface_orl/manifest.json',
  'insightface_orl_vector2/train': 'insightface_orl_vector2/manifest.json',
  'im2rec/orl_enc': 'im2rec/orl_enc_manifest.json',
  'im2rec/orl_pack': 'im2rec/orl_pack_manifest.json',
  'im2rec/orl_pass': 'im2rec/orl_pass_manifest.json',
  'magic/m': 'magic/manifest.json',
  'vector_labels/v': 'vector_labels/manifest.json',
}

const copies = (records: Iterable<DataMap>) => Array.from(records, copyRecord)
const hashed = (record: DataMap) => ({ ...record, image: sha256(record.image!) })
const numbers = (label: unknown) =>
  typeof label === 'number' ? label : Array.from(tensorValues(label as Tensor) as Float32Array)

t.test('every manifest, with --all and without', { skip: !data }, t => {
  for (const [name, manifest] of Object.entries(MANIFESTS)) {
    const { records } = parseManifest(readFileSync(join(data!, 'recordio', manifest), 'utf8'))
    const path = join(data!, 'recordio', `${name}.rec`)
    const all = copies(readRecordIO(path, { all: true }))
    const described = all.map(({ id, image, payload, recordio }) => ({
      key: id,
      flag: recordio!.flag,
      label: recordio!.flag === 0 ? numbers(recordio!.label)[0 as never] : numbers(recordio!.label),
      id: recordio!.id,
      id2: recordio!.id2,
      payload_sha256: sha256(image ?? payload ?? new Uint8Array(0)),
    }))
    t.same(
      described,
      records.map(({ offset, raw_len, payload_len, ...record }) => record),
      name,
    )

    const images = copies(readRecordIO(path))
    const expected = all.filter(record => record.recordio!.role === 'image').map(({ recordio, ...record }) => record)
    t.same(images.map(hashed), expected.map(hashed), `${name}: images`)
  }
  t.end()
})

t.test('lfw_min10: 4,324 images of 158 people', { skip: !data }, t => {
  const path = join(data!, 'recordio/lfw_min10/train.rec')
  const reader = readRecordIO(path)
  t.same(reader.begin, { count: 4324, classes: 158, source: path })
  let count = 0
  const labels = new Set<unknown>()
  for (const { id, label, image } of reader) {
    count++
    if (id !== count || image![0] !== 0xff) t.fail(`record ${count}`)
    labels.add(label)
  }
  t.equal(count, 4324)
  t.equal(labels.size, 158)
  t.equal(reader.leftOut, 0)

  const roles: Record<string, number> = {}
  const all = readRecordIO(path, { all: true })
  t.equal(all.begin.count, 1 + 4324 + 158)
  for (const { recordio } of all) roles[recordio!.role] = (roles[recordio!.role] ?? 0) + 1
  t.same(roles, { header: 1, image: 4324, identity: 158 })
  t.end()
})

t.test('labels: whole numbers and floats are numbers, vectors are tensors', { skip: !data }, t => {
  const labels = copies(readRecordIO(join(data!, 'recordio/vector_labels/v.rec'))).map(({ label }) => numbers(label))
  t.same(labels[0], 1.5, 'a vector of one is a number')
  t.same(labels[1], [1, 2])
  t.same(labels.slice(4, 8), [5, 0, 2.25, -1])
  t.end()
})

t.test('records without an IRHeader', { skip: !data }, t => {
  const path = join(data!, 'recordio/raw/raw.rec')
  const records = copies(readRecordIO(path, { all: true }))
  t.same(
    records.map(({ id, recordio }) => [id, recordio]),
    Array.from({ length: 7 }, (_, i) => [i, { role: 'raw' }]),
  )
  t.equal(Buffer.from(records[2]!.payload!).toString(), 'hello')
  const images = readRecordIO(path)
  t.same([...images], [])
  t.equal(images.leftOut, 7)
  t.end()
})

t.test('in chunks of one byte, as from the file', { skip: !data }, async t => {
  for (const name of ['magic/m', 'vector_labels/v']) {
    const path = join(data!, 'recordio', `${name}.rec`)
    const bytes = readFileSync(path)
    for (const all of [false, true]) {
      const decoded: DataMap[] = []
      const single = Array.from(bytes, byte => Uint8Array.of(byte))
      for await (const record of decodeRecordIO(single, { all })) decoded.push(copyRecord(record))
      t.same(decoded, copies(readRecordIO(path, { all })), `${name}, all: ${all}`)
    }
  }
})

t.test('keys and order', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  const rows = [30, 10, 20].map(key => part(0, irRecord(key, key, tinyImage(key))))
  writeFileSync(path, Buffer.concat(rows))
  const size = rows[0]!.length
  const ids = (options = {}) => Array.from(readRecordIO(path, options), ({ id, label }) => [id, label])
  t.same(
    ids(),
    [
      [0, 30],
      [1, 10],
      [2, 20],
    ],
    'no index: numbers',
  )
  t.throws(() => readRecordIO(path, { order: 'index' }), { message: /x\.idx: expected the index/ })
  writeFileSync(join(folder, 'x.idx'), `30\t0\n10\t${size}\n20\t${2 * size}\n`)
  t.same(ids(), [
    [30, 30],
    [10, 10],
    [20, 20],
  ])
  t.same(ids({ order: 'index' }), [
    [10, 10],
    [20, 20],
    [30, 30],
  ])
  writeFileSync(join(folder, 'x.idx'), `20\t${2 * size}\n30\t0\n10\t${size}\n`)
  t.same(
    ids(),
    [
      [30, 30],
      [10, 10],
      [20, 20],
    ],
    'an index in any order',
  )
  writeFileSync(join(folder, 'x.idx'), `10\t${size}\n`)
  t.same(ids({ order: 'index' }), [[10, 10]], 'an index of some records')
  writeFileSync(join(folder, 'x.idx'), `18446744073709551615\t0\nb\t${size}\na\t${2 * size}`)
  t.same(
    ids(),
    [
      [18446744073709551615n, 30],
      ['b', 10],
      ['a', 20],
    ],
    'keys of any kind',
  )
  t.end()
})

t.test('a stale index is an error that says so', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  const row = part(0, irRecord(1, 1, tinyImage(1)))
  const size = row.length
  writeFileSync(path, Buffer.concat([row, row]))
  const read = (index: string, options = {}) => {
    writeFileSync(join(folder, 'x.idx'), index)
    return () => [...readRecordIO(path, options)]
  }
  const cannotBe = (entry: number, offset: number) =>
    `${folder}/x.idx: record ${entry}: expected an offset where a record can begin, a multiple of 4 below the ${2 * size} bytes of ` +
    `${path}, found ${offset}: the index is another file's, or this one was cut; recordio-index --force ${path} makes it anew`
  t.throws(read(`0\t0\n1\t${size - 4}\n`), {
    message: `${folder}/x.idx: record 1: stale index, expected an entry for the record at byte ${size} of ${path}, found one for byte ${size - 4}; recordio-index --force ${path} makes it anew`,
  })
  t.throws(read('0\t0\n'), {
    message: /stale index, expected an entry for the record at byte \d+ of .*, found the end of the index/,
  })
  t.throws(read(`0\t0\n1\t${size}\n2\t${2 * size}\n`), { message: cannotBe(2, 2 * size) })
  t.throws(read(`0\t0\n1\t${size - 4}\n`, { order: 'index' }), {
    message: new RegExp(`record 0: stale index, expected the record at byte 0 of .* to end by byte ${size - 4}`),
  })
  for (const options of [{}, { order: 'index' }, { order: { shuffle: 1 } }, { part: { index: 0, of: 1 } }]) {
    t.throws(read(`0\t0\n1\t${size}\n2\t${2 * size}\n`, options), { message: cannotBe(2, 2 * size) })
    t.throws(read(`0\t0\n1\t${size}\n2\t999999\n`, options), { message: cannotBe(2, 999_999) })
  }
  t.throws(read(`0\t0\n1\t${size - 2}\n`), { message: cannotBe(1, size - 2) })
  t.throws(read(`0\t0\n1\t${size}\n2\t${size}\n`), { message: /record 2: stale index, expected the end/ })
  t.throws(read('0\t0\n1 4\n'), {
    message: /x\.idx: byte 4: record 1: expected a key, a tab and an offset, found "1 4"/,
  })
  t.end()
})

t.test('what is known ahead', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  writeFileSync(path, part(0, irRecord(1, 1, tinyImage(1))))
  t.same(readRecordIO(path).begin, { source: path })
  writeFileSync(join(folder, 'property'), '40,112,96\n')
  t.same(readRecordIO(path).begin, { classes: 40, source: path })
  writeFileSync(join(folder, 'property'), '93431,112,112\n5179510\n')
  t.same(readRecordIO(path).begin, { classes: 93431, source: path }, "rec_builder.py's")
  writeFileSync(join(folder, 'property'), 'colour=40,112,96\nand more\n')
  t.same(readRecordIO(path).begin, { source: path }, "another program's")
  writeFileSync(join(folder, 'property'), '40,112,96')
  writeFileSync(
    path,
    Buffer.concat([part(0, irRecord([2, 3], 0, Buffer.alloc(0))), part(0, irRecord(0, 1, tinyImage(1)))]),
  )
  t.same(readRecordIO(path).begin, { count: 1, classes: 1, source: path }, 'the header row knows better')
  writeFileSync(path, part(0, irRecord([2 ** 24 + 2, 2 ** 24 + 8], 0, Buffer.alloc(0))))
  t.same(readRecordIO(path).begin, { classes: 40, source: path }, 'but not where float32 is not exact')
  writeFileSync(path, '')
  t.same([...readRecordIO(path)], [], 'an empty file has no records')
  t.end()
})

t.test("im2rec.cc's own first label is kept apart", t => {
  const path = join(scratch(t), 'x.rec')
  const record = irRecord([3, 4], 7, tinyImage(1))
  record.writeFloatLE(3, 4)
  writeFileSync(path, part(0, record))
  const [map] = copies(readRecordIO(path, { all: true }))
  t.same(numbers(map!.label), [3, 4])
  t.same(numbers((map!.recordio as { first?: unknown }).first), [3])
  writeFileSync(path, Buffer.concat([[3, 4], 3].map(label => part(0, irRecord(label, 7, tinyImage(1))))))
  const others = copies(readRecordIO(path, { all: true }))
  t.same(
    others.map(({ recordio }) => 'first' in recordio!),
    [false, false],
    'where there is none, or no other',
  )
  t.end()
})

t.test('roles are told by what records hold', t => {
  const path = join(scratch(t), 'x.rec')
  const empty = Buffer.alloc(0)
  const role = (...records: Buffer[]) => {
    writeFileSync(path, Buffer.concat(records.map(record => part(0, record))))
    return Array.from(readRecordIO(path, { all: true }), ({ recordio }) =>
      recordio!.flag === undefined ? `${recordio!.role} bytes` : recordio!.role,
    )
  }
  const png = Buffer.from('89504e470d0a1a0a', 'hex')
  t.same(role(irRecord(1, 1, tinyImage(1)), irRecord([1, 2, 3], 1, png)), ['image', 'image'])
  t.same(role(irRecord([2, 3], 0, empty), irRecord(0, 1, tinyImage(1)), irRecord([1, 2], 2, empty)), [
    'header',
    'image',
    'identity',
  ])
  t.same(role(irRecord(0, 1, tinyImage(1)), irRecord([1, 2], 2, empty)), ['image', 'raw'], 'no header, no identities')
  t.same(role(irRecord([2, 3], 0, empty), irRecord([1, 2], 0, empty)), ['header', 'identity'], 'one header')
  t.same(role(irRecord([0.5, 3], 0, empty)), ['raw'], 'keys are whole')
  t.same(role(irRecord(5, 1, Buffer.from('text'))), ['raw'])
  t.same(role(Buffer.from('{"some": "json, and long enough"}'), tinyImage(1, 100)), ['raw bytes', 'raw bytes'])
  t.same(role(irRecord(5, 2n ** 53n, Buffer.from('text'))), ['raw bytes'], 'an id that nobody gives')
  t.same(role(Buffer.alloc(24, 0xff), Buffer.alloc(23)), ['raw bytes', 'raw bytes'])
  t.same(role(irRecord(Number.NaN, 1, Buffer.from('text')), irRecord([1, Infinity], 1, empty)), [
    'raw bytes',
    'raw bytes',
  ])
  t.end()
})

t.test('ids are exact: Number to 2^53 - 1, BigInt beyond', t => {
  const path = join(scratch(t), 'x.rec')
  const ids = [2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]
  writeFileSync(path, Buffer.concat(ids.map(id => part(0, irRecord(0, id, tinyImage(1))))))
  const read = Array.from(readRecordIO(path, { all: true }), ({ recordio }) => recordio!.id)
  t.strictSame(read, [2 ** 32, 2 ** 53 - 1, ...ids.slice(2)])
  t.end()
})

t.test('a folder and a missing file', t => {
  const folder = scratch(t)
  t.throws(() => readRecordIO(folder), { message: `${folder}: expected a file, found a folder` })
  t.throws(() => readRecordIO(join(folder, 'no.rec')), { code: 'ENOENT' })
  t.end()
})

t.test(
  'who reads to the end, stops early, or meets damage leaves no file open',
  { skip: process.platform !== 'linux' },
  t => {
    const folder = scratch(t)
    const whole = Buffer.concat([1, 2].map(id => part(0, irRecord(0, id, tinyImage(id)))))
    const paths = ['a.rec', 'b.rec', 'cut.rec'].map(name => join(folder, name))
    for (const path of paths) writeFileSync(path, path.endsWith('cut.rec') ? whole.subarray(0, -8) : whole)
    const before = readdirSync('/proc/self/fd').length
    t.equal([...readRecordIO(paths.slice(0, 2))].length, 4)
    for (const _ of readRecordIO(paths)) break
    t.throws(() => [...readRecordIO(paths)], { name: 'DataError', file: paths[2] })
    t.throws(() => readRecordIO(folder))
    t.equal(readdirSync('/proc/self/fd').length, before)
    t.end()
  },
)
