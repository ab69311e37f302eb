import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, deflateSync, gzipSync } from 'node:zlib'
import { DataError } from '@tiny-face/safe-files'
import { Inflater } from '@tiny-face/zlib-stream'
import fc from 'fast-check'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { tfrecordCompression } from '../../src/framing/tfrecord.js'
import { decodeTFRecord } from '../../src/index.js'
import { decoded, pieces, recordsOf, runs, sha256, tfrecordOf } from '../fixtures.js'

const data = sharedData()
const records = Array.from({ length: 30 }, (_, i) => Buffer.from(`record ${i} `.repeat(i % 9)))
const plain = tfrecordOf(records)
const members = Buffer.concat(pieces(plain, 700).map(piece => gzipSync(piece)))
const FILES = {
  gzip: gzipSync(plain),
  'gzip in members': members,
  'gzip, stored': gzipSync(plain, { level: 0 }),
  zlib: deflateSync(plain),
  'zlib, fastest': deflateSync(plain, { level: 1 }),
  'zlib, stored': deflateSync(plain, { level: 0 }),
  'zlib, small window': deflateSync(plain, { windowBits: 9 }),
  'zlib, flushed': Buffer.from(deflateSync(plain, { flush: constants.Z_SYNC_FLUSH })),
}

/** The error that decoding the file ends in; none where it does not. */
function failure(file: Uint8Array): DataError | undefined {
  try {
    decoded([file])
    return undefined
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}

t.test('what TensorFlow compressed', { skip: !data }, t => {
  const file = readFileSync(join(data!, 'tfrecord/faces.tfrecord.gz'))
  const expected = recordsOf(data!, 'faces.tfrecord').map(record => record.sha256)
  for (const size of [1, 1000, file.length])
    t.same(decoded(pieces(file, size)).map(sha256), expected, `${size} bytes at once`)
  t.end()
})

t.test('GZIP and ZLIB of every make, in pieces of any size', async t => {
  for (const [name, file] of Object.entries(FILES)) {
    for (const size of [1, 2, 11, 12, 13, 1000, file.length])
      t.same(decoded(pieces(file, size)), records, `${name}: ${size}`)
    const found: Buffer[] = []
    for await (const record of decodeTFRecord(pieces(file, 7))) found.push(Buffer.from(record.data))
    t.same(found, records, `${name}, asynchronously`)
  }
})

t.test('no records at all, compressed', t => {
  for (const file of [gzipSync(''), deflateSync(''), Buffer.concat([gzipSync(''), gzipSync('')])])
    t.same(decoded([file]), [])
  t.end()
})

t.test('more than one slice, far more than was read, in bounded memory', t => {
  const bomb = tfrecordOf(Array.from({ length: 16 }, () => Buffer.alloc(1 << 20)))
  t.equal(decoded([gzipSync(bomb)]).length, 16)
  const inflater = new Inflater('zlib', 'bomb')
  for (const chunk of inflater.push(deflateSync(bomb))) if (chunk.length > 1 << 20) t.fail('a chunk of more than 1 MiB')
  inflater.close()
  t.end()
})

t.test('every truncation is an error that says where', t => {
  for (const [name, file] of Object.entries(FILES)) {
    // Where a member ends the file is whole, though the record in it may not be.
    for (let end = 1; end < file.length; end++) {
      const error = failure(file.subarray(0, end))
      if (error?.offset === undefined || (!/in members/.test(name) && end > 2 && error.offset !== end))
        t.fail(`${name} cut at ${end}: ${error}`)
    }
  }
  t.match(failure(FILES.gzip.subarray(0, 99)), {
    message: 'x.tfrecord: byte 99: expected a whole GZIP file, found the end of the file (unexpected end of file)',
  })
  t.match(failure(FILES.zlib.subarray(0, 99)), { message: /^x\.tfrecord: byte 99: expected a whole ZLIB file/ })
  t.end()
})

t.test('bytes behind the end are an error, at that byte', t => {
  for (const [name, file] of Object.entries(FILES)) {
    for (const garbage of ['\0', '\0\0\0garbage', 'x', 'garbage that is long enough for a header']) {
      const error = failure(Buffer.concat([file, Buffer.from(garbage)]))
      if (error?.offset === undefined || error.offset > file.length + garbage.length)
        t.fail(`${name}: ${JSON.stringify(garbage)}: ${error}`)
    }
  }
  t.match(failure(Buffer.concat([FILES.zlib, Buffer.from('x')])), {
    offset: FILES.zlib.length,
    expected: 'the end of the file',
    found: 'more, behind the end of ZLIB',
  })
  t.match(failure(Buffer.concat([FILES.gzip, Buffer.alloc(512)])), {
    offset: FILES.gzip.length,
    found: /behind the end/,
  })
  t.match(failure(Buffer.concat([FILES.gzip, Buffer.from('garbage')])), { found: /incorrect header check/ })
  t.match(failure(Buffer.concat([FILES.zlib, FILES.zlib])), { found: /behind the end/ }, 'ZLIB has no members')
  t.end()
})

t.test('a flipped bit is an error, or leaves every record as it was', t => {
  let caught = 0
  for (const [name, file] of Object.entries(FILES)) {
    fc.assert(
      fc.property(fc.nat(8 * file.length - 1), bit => {
        const damaged = Buffer.from(file)
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        try {
          const found = decoded([damaged])
          // GZIP's header says the time, the system and other things that nothing checks and nothing here reads.
          return found.length === records.length && found.every((record, i) => record.equals(records[i]!))
        } catch (error) {
          caught++
          // Where the flipped bit is one of those that say what the file is, the file as a whole is told.
          const isPlaced =
            error instanceof DataError && (error.offset !== undefined || error.expected === 'a TFRecord file')
          return isPlaced && !(error as DataError).message.includes('\n')
        }
      }),
      { numRuns: runs(150) },
    )
    t.pass(name)
  }
  t.ok(caught > 0)
  t.end()
})

t.test('the CRC of a record tells it from what looks compressed', t => {
  // Lengths whose bytes are the magic numbers of GZIP, and of ZLIB at each level.
  for (const length of [0x088b1f, 0x0178, 0x5e78, 0x9c78, 0xda78]) {
    const file = tfrecordOf([Buffer.alloc(length)])
    t.equal(tfrecordCompression(file.subarray(0, 12)), undefined)
    t.equal(decoded(pieces(file, 5))[0]!.length, length)
  }
  t.equal(tfrecordCompression(Buffer.of(0x1f, 0x8b, 8)), 'gzip')
  t.equal(tfrecordCompression(Buffer.of(0x78, 0x9c)), 'zlib')
  for (const head of [[], [0x78], [0x78, 0x9d], [0x79, 0x9c], [0x88, 0x1c], [0x78, 0xbb], [0x1f, 0x8b, 7]])
    t.equal(tfrecordCompression(Buffer.from(head)), undefined, `${head}`)
  t.end()
})
