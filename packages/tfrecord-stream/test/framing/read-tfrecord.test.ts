import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { maskedCrc } from '../../src/framing/tfrecord.js'
import { decodeTFRecord, findRecord, MAX_RECORD_BYTES, readTFRecord } from '../../src/index.js'
import { decoded, recordsOf, sha256, tfrecordOf } from '../fixtures.js'

const data = sharedData()
const small = tfrecordOf([Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')])

const parse = (chunks: Iterable<Uint8Array>) => decoded(chunks, 'small').map(String)

t.test('files of TensorFlow, plain and GZIP', { skip: !data }, t => {
  for (const name of ['faces.tfrecord', 'odd.tfrecord', 'empty.tfrecord', 'faces.tfrecord.gz']) {
    const found: { len: number; sha256: string }[] = []
    for (const record of readTFRecord(join(data!, 'tfrecord', name))) {
      found.push({ len: record.data.byteLength, sha256: sha256(record.data) })
    }
    t.same(found, name === 'empty.tfrecord' ? [] : recordsOf(data!, name.replace('.gz', '')), name)
  }
  t.end()
})

t.test('offsets are those of the lengths', { skip: !data }, t => {
  const path = join(data!, 'tfrecord/faces.tfrecord')
  const bytes = readFileSync(path)
  for (const record of readTFRecord(path)) {
    if (bytes.readBigUInt64LE(record.offset) !== BigInt(record.data.byteLength)) t.fail(`record at ${record.offset}`)
  }
  t.end()
})

t.test('the same records in chunks of any size', { skip: !data }, async t => {
  const bytes = readFileSync(join(data!, 'tfrecord/odd.tfrecord'))
  const expected = recordsOf(data!, 'odd.tfrecord').map(record => record.sha256)
  for (const size of [1, 2, 3, 11, 12, 13, 17, 1000, 4096, 15253]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    )
    const found: string[] = []
    for await (const record of decodeTFRecord(chunks)) found.push(sha256(record.data))
    t.same(found, expected, `chunks of ${size}`)
  }
})

t.test('a file cut off anywhere but between records is an error', t => {
  const whole = new Set([0, 19, 35, small.length])
  for (let end = 0; end <= small.length; end++) {
    const read = () => parse([small.subarray(0, end)])
    if (whole.has(end)) read()
    else if (!t.throws(read, { name: 'DataError', found: /the end of the file after \d+/ })) t.comment(`cut at ${end}`)
  }
  t.throws(() => parse([small.subarray(0, 30)]), {
    message:
      "small: byte 19: record 1: expected 12 bytes of a record's length and its CRC, found the end of the file after 11",
  })
  t.end()
})

t.test('every flipped bit is caught, and told apart', t => {
  for (let bit = 0; bit < 8 * small.length; bit++) {
    const bytes = Buffer.from(small)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    try {
      parse([bytes])
      t.fail(`bit ${bit} went unnoticed`)
    } catch (error) {
      const inRecord = bit >> 3 < 19 ? bit >> 3 : bit >> 3 < 35 ? (bit >> 3) - 19 : (bit >> 3) - 35
      const what = inRecord < 12 ? 'the length' : 'the data'
      if (!(error instanceof DataError) || !error.expected?.endsWith(what)) t.fail(`bit ${bit}: ${error}`)
    }
  }
  t.end()
})

t.test('an error names file, byte, record, expected and found', t => {
  const bytes = Buffer.from(small)
  bytes[47]! ^= 1
  const path = join(t.testdir(), 'x.tfrecord')
  writeFileSync(path, bytes)
  t.throws(() => [...readTFRecord(path)], {
    message: /x\.tfrecord: byte 35: record 2: expected masked CRC-32C 0x[0-9a-f]{8} of the data, found 0x[0-9a-f]{8}$/,
  })
  t.end()
})

t.test('a record larger than the limit is refused before any memory is taken', t => {
  const header = Buffer.alloc(12)
  header.writeBigUInt64LE(BigInt(MAX_RECORD_BYTES) + 1n)
  header.writeUInt32LE(maskedCrc(header.subarray(0, 8)), 8)
  t.throws(() => parse([header]), {
    name: 'DataError',
    expected: 'a record of at most 1073741824 bytes',
    found: '1073741825',
  })
  t.end()
})

t.test('a range: the records that begin in it, under their own numbers', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  writeFileSync(path, small)
  const offsets = [0, 19, 35, small.length]
  for (let from = 0; from <= small.length; from++) {
    const number = offsets.findIndex(offset => offset >= from)
    const found = findRecord(path, from)
    t.same(found, { offset: offsets[number]!, record: number }, `from ${from}`)
    for (let end = from; end <= small.length; end++) {
      const expected = offsets.slice(0, -1).filter(offset => offset >= from && offset < end)
      const read = [...readTFRecord(path, { start: found.offset, record: found.record, end })]
      t.same(
        read.map(record => record.offset),
        expected,
      )
    }
  }
  const damaged = Buffer.from(small)
  damaged[20]! ^= 1
  damaged[50]! ^= 1
  writeFileSync(path, damaged)
  t.equal([...readTFRecord(path, { start: 0, record: 0, end: 19 })].length, 1, 'damage behind the end is not met')
  t.throws(() => findRecord(path, 20), { name: 'DataError', offset: 19, record: 1, expected: /of the length$/ })
  t.throws(() => [...readTFRecord(path, { start: 35, record: 2, end: 99 })], {
    name: 'DataError',
    offset: 35,
    record: 2,
  })
  writeFileSync(path, small.subarray(0, -1))
  t.throws(() => findRecord(path), { name: 'DataError', offset: 35, record: 2, found: /the end of the file after 20/ })
  t.end()
})

t.test('findRecord beyond its window of 64 KiB', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const records = Array.from({ length: 400 }, (_, i) => Buffer.alloc((i * 7919) % 1500, i))
  records[100] = Buffer.alloc(200_000)
  writeFileSync(path, tfrecordOf(records))
  const all = [...readTFRecord(path)].map(record => record.offset)
  for (const number of [0, 1, 99, 100, 101, 399])
    t.same(findRecord(path, all[number]), { offset: all[number], record: number })
  t.equal(findRecord(path).record, 400)
  t.end()
})

t.test('a record whose length looks like the magic number of GZIP is a record', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  writeFileSync(path, tfrecordOf([Buffer.alloc(0x088b1f)]))
  t.same(Buffer.from([0x1f, 0x8b, 0x08]), readFileSync(path).subarray(0, 3))
  t.equal([...readTFRecord(path)].length, 1)
  t.end()
})
