import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { TFRecordParser } from '../../src/framing/tfrecord-parser.js'
import { decoded, pieces, runs, tfrecordOf } from '../fixtures.js'

const someRecords = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 12 })

/** Where each record begins, and where the last one ends. */
function offsetsOf(records: Uint8Array[]): number[] {
  const offsets = [0]
  for (const { length } of records) offsets.push(offsets.at(-1)! + length + 16)
  return offsets
}

function failure(file: Uint8Array): DataError | undefined {
  try {
    decoded([file])
    return undefined
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}

t.test('any records, in pieces of any size', t => {
  fc.assert(
    fc.property(someRecords, fc.integer({ min: 1, max: 400 }), (records, size) => {
      const found = decoded(pieces(tfrecordOf(records), size))
      return found.length === records.length && found.every((record, i) => record.equals(records[i]!))
    }),
    { numRuns: runs(200) },
  )
  t.end()
})

t.test('records longer than what is read at once', t => {
  const records = [0, 1, 2 ** 18 - 17, 2 ** 18 - 16, 2 ** 18, 5, 2 ** 20 + 3, 7].map((size, i) =>
    Buffer.alloc(size, i + 1),
  )
  for (const size of [4096, 2 ** 18, 2 ** 24]) {
    const found = decoded(pieces(tfrecordOf(records), size))
    t.ok(found.length === records.length && found.every((record, i) => record.equals(records[i]!)), `${size} at once`)
  }
  t.end()
})

t.test('memory grows with the bytes that came, not with what a header promises', t => {
  const parser = new TFRecordParser('x')
  const beginning = tfrecordOf([Buffer.alloc(2 ** 26)]).subarray(0, 2 ** 18)
  t.equal([...parser.push(beginning)].length, 0)
  t.ok(parser.room().length <= 2 ** 18)
  t.end()
})

t.test('every flipped bit is an error that names the record, and tells a damaged length from damaged data', t => {
  fc.assert(
    fc.property(someRecords, fc.nat(), (records, chance) => {
      const file = tfrecordOf(records)
      const bit = chance % (8 * file.length)
      file[bit >> 3]! ^= 1 << (bit & 7)
      const offsets = offsetsOf(records)
      const record = offsets.findLastIndex(offset => offset <= bit >> 3)
      const offset = offsets[record]!
      const what = (bit >> 3) - offset < 12 ? /^masked CRC-32C 0x[0-9a-f]{8} of the length$/ : /of the data$/
      const error = failure(file)
      return error?.record === record && error.offset === offset && what.test(error.expected!)
    }),
    { numRuns: runs(300) },
  )
  t.end()
})

t.test('every truncation is an error, but where a record ends', t => {
  const size = runs(0) > 0 ? 2 ** 16 : 2 ** 12
  const [records] = fc.sample(fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 200, maxLength: 200 }), 1)
  const file = tfrecordOf(records!)
  const offsets = offsetsOf(records!)
  for (let end = 0; end < Math.min(size, file.length); end++) {
    const error = failure(file.subarray(0, end))
    const record = offsets.findLastIndex(offset => offset <= end)
    if (offsets[record] === end) {
      if (error !== undefined) t.fail(`whole at ${end}: ${error}`)
    } else if (error?.record !== record || error.offset !== offsets[record]) t.fail(`cut at ${end}: ${error}`)
  }
  t.end()
})
