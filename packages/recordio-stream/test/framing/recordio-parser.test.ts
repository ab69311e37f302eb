import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { RecordIOParser } from '../../src/framing/recordio-parser.js'
import { parseManifest, part, scan, sha256 } from '../fixtures.js'

const data = sharedData()
const MAGIC_TEXT = Buffer.from('0a23d7ce', 'hex')

t.test('whole records, one byte at a time', t => {
  const file = Buffer.concat([part(0, ''), part(0, 'a'), part(0, 'hello'), part(0, 'four')])
  for (const chunk of [1, 3, 8, 9, file.length]) {
    const records = scan(file, chunk)
    t.same(
      records.map(({ record }) => record.toString()),
      ['', 'a', 'hello', 'four'],
    )
    t.same(
      records.map(({ offset }) => offset),
      [0, 8, 20, 36],
    )
  }
  t.end()
})

t.test('records in parts are joined with the magic number', t => {
  const file = Buffer.concat([part(1, ''), part(2, ''), part(2, 'abcd'), part(3, 'e'), part(1, 'wxyz'), part(3, '')])
  const joined = [Buffer.concat([MAGIC_TEXT, MAGIC_TEXT, Buffer.from('abcd'), MAGIC_TEXT, Buffer.from('e')])]
  joined.push(Buffer.concat([Buffer.from('wxyz'), MAGIC_TEXT]))
  for (const chunk of [1, 7, file.length])
    t.same(
      scan(file, chunk).map(({ record }) => record),
      joined,
    )
  t.end()
})

t.test('a record larger than the window', t => {
  const large = Buffer.alloc(5_000_001, 7)
  const file = Buffer.concat([part(0, 'a'), part(0, large), part(1, large.subarray(0, 4_000_000)), part(3, 'z')])
  const records = scan(file, 1 << 16)
  t.equal(records.length, 3)
  t.ok(records[1]!.record.equals(large))
  t.equal(records[2]!.record.length, 4_000_005)
  t.end()
})

t.test('what is wrong is said with its place', t => {
  const good = part(0, 'good')
  const cases: [Uint8Array, string][] = [
    [
      Buffer.concat([good, Buffer.from('not a record')]),
      'byte 12: record 1: expected the magic number 0xced7230a, found 0x20746f6e',
    ],
    [part(3, 'x'), 'byte 0: record 0: expected the start of a record (cflag 0 or 1), found cflag 3'],
    [part(5, 'x'), 'byte 0: record 0: expected the start of a record (cflag 0 or 1), found cflag 5'],
    [
      Buffer.concat([good, part(1, 'abcd'), good]),
      'byte 24: record 1: expected the next part of the record (cflag 2 or 3), found cflag 0',
    ],
    [part(1, 'abcd'), 'byte 12: record 0: expected the next part of the record, found the end of the file'],
    [good.subarray(0, 5), 'byte 0: record 0: expected a header of 8 bytes, found 5 before the end of the file'],
    [part(0, 'abcde').subarray(0, 10), 'byte 0: record 0: expected 16 bytes, found 10 before the end of the file'],
    [part(0, 'abcde').subarray(0, 15), 'byte 0: record 0: expected 16 bytes, found 15 before the end of the file'],
  ]
  for (const [file, message] of cases) {
    for (const chunk of [1, file.length]) t.throws(() => scan(file, chunk), { message: `x.rec: ${message}` })
  }
  t.end()
})

t.test('a record in parts is at most 2^29 - 1 bytes, and is refused before they are read', t => {
  const tooLong = part(2, '')
  tooLong.writeUInt32LE(((2 << 29) | (2 ** 29 - 8)) >>> 0, 4)
  t.throws(() => scan(Buffer.concat([part(1, 'abcd'), tooLong])), {
    message: 'x.rec: byte 12: record 0: expected a record of at most 536870911 bytes, found 536870912',
  })
  t.end()
})

t.test('seek goes on at another record', t => {
  const file = Buffer.concat([part(0, 'a'), part(0, 'bb'), part(0, 'ccc')])
  const scanner = new RecordIOParser()
  const read = () => {
    const room = scanner.room()
    const size = Math.min(room.length, file.length - scanner.position)
    room.set(file.subarray(scanner.position, scanner.position + size))
    scanner.filled(size)
    return Buffer.from(scanner.next() ?? 'nothing').toString()
  }
  scanner.seek(24)
  t.equal(read(), 'ccc')
  scanner.seek(0)
  t.equal(read(), 'a')
  scanner.seek(12)
  t.equal(scanner.atRecord(), true)
  t.equal(Buffer.from(scanner.next()!).toString(), 'bb')
  scanner.seek(16)
  t.equal(scanner.atRecord(), false)
  t.end()
})

t.test(
  'a file that is cut anywhere, or has a bit flipped in a header, is never read as another',
  { skip: !data },
  t => {
    const path = join(data!, 'recordio/magic/m.rec')
    const file = readFileSync(path)
    const { records } = parseManifest(readFileSync(join(data!, 'recordio/magic/manifest.json'), 'utf8'))
    const starts = [...records.map(record => record.offset), file.length]
    const readable: number[] = []
    for (let size = 0; size <= file.length; size++) if (read(file.subarray(0, size)) !== undefined) readable.push(size)
    t.same(readable, starts)

    // What cannot be noticed: a length that stays within the same padding, or one that reaches right to another part.
    const parts = new Set([file.length])
    for (let at = file.indexOf(MAGIC_TEXT); at >= 0; at = file.indexOf(MAGIC_TEXT, at + 4)) parts.add(at)
    const missed: string[] = []
    let unnoticeable = 0
    for (const { offset } of records) {
      for (let bit = 0; bit < 64; bit++) {
        const flipped = Buffer.from(file)
        flipped[offset + (bit >> 3)]! ^= 1 << (bit & 7)
        if (read(flipped) === undefined) continue
        if (bit >= 32 && parts.has(offset + 8 + padded(flipped.readUInt32LE(offset + 4) & 0x1fffffff))) unnoticeable++
        else missed.push(`record at ${offset}, bit ${bit}`)
      }
    }
    t.same(missed, [])
    t.ok(unnoticeable < records.length * 3)
    t.end()

    function read(bytes: Uint8Array): unknown {
      try {
        return scan(bytes)
      } catch (error) {
        if (error instanceof DataError && error.offset !== undefined) return undefined
        throw error
      }
    }
  },
)

t.test('every manifest: where records lie and how long they are', { skip: !data }, t => {
  for (const [file, manifest] of [
    ['insightface_orl/train.rec', 'insightface_orl/manifest.json'],
    ['insightface_orl_vector2/train.rec', 'insightface_orl_vector2/manifest.json'],
    ['im2rec/orl_enc.rec', 'im2rec/orl_enc_manifest.json'],
    ['im2rec/orl_pack.rec', 'im2rec/orl_pack_manifest.json'],
    ['im2rec/orl_pass.rec', 'im2rec/orl_pass_manifest.json'],
    ['magic/m.rec', 'magic/manifest.json'],
    ['vector_labels/v.rec', 'vector_labels/manifest.json'],
  ] as const) {
    const bytes = readFileSync(join(data!, 'recordio', file))
    const { records } = parseManifest(readFileSync(join(data!, 'recordio', manifest), 'utf8'))
    const expected = records.map(record => [record.offset, record.raw_len])
    for (const chunk of [1, 4099, bytes.length]) {
      t.same(
        scan(bytes, chunk).map(({ offset, record }) => [offset, record.length]),
        expected,
        `${file} by ${chunk}`,
      )
    }
  }
  t.end()
})

t.test('raw records', { skip: !data }, t => {
  const bytes = readFileSync(join(data!, 'recordio/raw/raw.rec'))
  const { records_hex } = JSON.parse(readFileSync(join(data!, 'recordio/raw/manifest.json'), 'utf8'))
  const found = scan(bytes, 1).map(({ record }, i) =>
    records_hex[i].startsWith('sha256:') ? `sha256:${sha256(record)}` : record.toString('hex'),
  )
  t.same(found, records_hex)
  t.end()
})

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}
