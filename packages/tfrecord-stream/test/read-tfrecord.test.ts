import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DataError } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { decodeTFRecord, MAX_RECORD_BYTES, readTFRecord, readTFRecordAsync, TFRecordParser } from '../src/index.js'
import { maskedCrc } from '../src/tfrecord.js'
import { recordsOf, sha256, tfrecordOf } from './fixtures.js'

const data = sharedData()
const small = tfrecordOf([Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')])

function parse(chunks: Iterable<Uint8Array>): string[] {
  const parser = new TFRecordParser('small')
  const found: string[] = []
  for (const chunk of chunks) for (const record of parser.push(chunk)) found.push(Buffer.from(record.data).toString())
  parser.finish()
  return found
}

t.test('files of TensorFlow, plain and GZIP', { skip: !data }, async t => {
  for (const name of ['faces.tfrecord', 'odd.tfrecord', 'empty.tfrecord', 'faces.tfrecord.gz']) {
    const found: { len: number; sha256: string }[] = []
    for await (const record of readTFRecordAsync(join(data!, 'tfrecord', name))) {
      found.push({ len: record.data.byteLength, sha256: sha256(record.data) })
    }
    t.same(found, name === 'empty.tfrecord' ? [] : recordsOf(data!, name.replace('.gz', '')), name)
  }
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

t.test('GZIP: damage is one DataError; the synchronous reader refuses', async t => {
  const dir = t.testdir()
  const path = join(dir, 'x.gz')
  const compressed = gzipSync(small)
  const drain = async () => {
    for await (const _ of readTFRecordAsync(path));
  }
  writeFileSync(path, compressed)
  await drain()
  t.throws(() => [...readTFRecord(path)], { name: 'DataError', expected: 'an uncompressed TFRecord', found: 'GZIP' })
  writeFileSync(path, compressed.subarray(0, -10))
  await t.rejects(drain(), { name: 'DataError', expected: 'a whole GZIP file' })
  compressed[compressed.length - 6]! ^= 1
  writeFileSync(path, compressed)
  await t.rejects(drain(), { name: 'DataError', expected: 'a whole GZIP file' })
})

t.test('a record whose length looks like the magic number of GZIP is a record', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  writeFileSync(path, tfrecordOf([Buffer.alloc(0x088b1f)]))
  t.same(Buffer.from([0x1f, 0x8b, 0x08]), readFileSync(path).subarray(0, 3))
  t.equal([...readTFRecord(path)].length, 1)
  t.end()
})
