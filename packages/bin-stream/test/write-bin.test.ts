import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import { test } from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { binRecords, parseBin, readBin, writeBin } from '../src/index.js'

import { sameSets } from './same-sets.js'

/** The shortest bytes that are taken for a JPEG, and a text. */
const bytes = (text: string) => new Uint8Array(Buffer.from(`\xff\xd8\xff${text}`, 'latin1'))

function written(records: Iterable<DataMap>): Uint8Array {
  const pieces: Uint8Array[] = []
  writeBin(records, piece => void pieces.push(Uint8Array.from(piece)), 'source')
  return new Uint8Array(Buffer.concat(pieces))
}

function record(index: number, side: 0 | 1, same: boolean, image = `${index}${side}`): DataMap {
  return { id: `${index}/${side}`, image: bytes(image), pair: { index, side, same } }
}

test('the bytes are a pickle of protocol 3', async t => {
  const pairs = [record(0, 0, true, 'a'), record(0, 1, true, 'b'), record(1, 0, false, 'c'), record(1, 1, false, '')]
  // Python 3.11 loads these as bytes and booleans, with and without encoding='bytes'.
  const images = '284204000000ffd8ff614204000000ffd8ff6265284204000000ffd8ff634203000000ffd8ff65'
  t.equal(Buffer.from(written(pairs)).toString('hex'), `80035d${images}5d28888965862e`)
})

test('no pair at all is an error, written and read', async t => {
  t.throws(() => written([]), { name: 'DataError', message: 'source: expected at least one pair, found none' })
  const pickled = new Uint8Array(Buffer.from(']]\x86.', 'latin1'))
  t.throws(() => parseBin(pickled, 'x.bin'), {
    name: 'DataError',
    message: 'x.bin: byte 0: expected at least one pair, found none',
  })
})

test('only a JPEG or PNG is written', async t => {
  for (const [image, found] of [
    ['BM\x36\0\0\0\0\0\0\0', 'BMP'],
    ['\x80'.repeat(37_632), 'bytes that are no image'],
    ['', 'bytes that are no image'],
  ] as const) {
    const records = [record(0, 0, true), { ...record(0, 1, true), image: Buffer.from(image, 'latin1') }]
    const message = `source: record 1 (id 0/1): expected a JPEG or PNG, found ${found}`
    t.throws(() => written(records), { name: 'DataError', message })
  }
})

test('sides come in either order, and gaps are closed', async t => {
  const records = [record(3, 1, true), record(3, 0, true), record(10, 0, false), record(10, 1, false)]
  t.strictSame(parseBin(written(records)), { images: ['30', '31', '100', '101'].map(bytes), same: [true, false] })
})

test("a reader's buffers may change with the next record", async t => {
  function* reused(): Generator<DataMap> {
    const image = bytes('x')
    const last = image.length - 1
    for (const side of [0, 1] as const) {
      image[last] = 65 + side
      yield { image, pair: { index: 0, side, same: true } }
    }
  }
  t.strictSame(parseBin(written(reused())).images, [bytes('A'), bytes('B')])
})

/** Prints what insightface's load_bin sees, with and without its encoding: types, lengths, sums of bytes, answers. */
const LOAD_BIN = `
import json, pickle, sys
data = sys.stdin.buffer.read()
bins, issame_list = pickle.loads(data, encoding='bytes')
assert pickle.loads(data) == (bins, issame_list)
print(json.dumps([[type(b).__name__, len(b), sum(b)] for b in bins] + [str(s) for s in issame_list]))
`

test("Python's pickle reads what is written", async t => {
  const images = [3, 4, 255, 256, 70_000, 3_000_000].map(size => new Uint8Array(size).fill(size % 251))
  for (const image of images) image.set([0xff, 0xd8, 0xff])
  const set = { images, same: [true, false, true] }
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', LOAD_BIN], { input: written(binRecords(set)) })
  if (error) {
    t.pass('needs python3', { skip: true })
    return
  }
  t.equal(status, 0, stderr.toString())
  const expected = [
    ...images.map(image => ['bytes', image.length, image.reduce((sum, byte) => sum + byte, 0)]),
    'True',
    'False',
    'True',
  ]
  t.strictSame(JSON.parse(stdout.toString()), expected)
})

test('real sets come back as they were', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  for (const name of ['insightface_small_lfw.bin', 'lfw_dev.bin', 'py3_proto4.bin']) {
    const set = readBin(join(data, 'bin', name))
    t.ok(sameSets(parseBin(written(binRecords(set))), set), name)
  }
})

test('what is no stream of whole pairs', async t => {
  const cases: [records: DataMap[], message: string][] = [
    [[{ id: 7, image: bytes('x') }], 'source: record 0 (id 7): expected a pair (as record-pairs gives it), found none'],
    [[{ id: 7, pair: { index: 0, side: 0, same: true } }], 'source: record 0 (id 7): expected an image, found none'],
    [
      [{ image: bytes('x'), pair: { index: 0, side: 2 as 1, same: true } }],
      'source: record 0: expected a pair of index (whole number), side (0 or 1) and same (boolean), found {"index":0,"side":2,"same":true}',
    ],
    [[record(4, 1, true)], 'source: the stream ends within pair 4, of which it has only side 1'],
    [
      [record(0, 0, true), record(1, 0, true)],
      'source: id 1/0: expected side 1 of pair 0 (same), found side 0 of pair 1 (same)',
    ],
    [
      [record(0, 0, true), record(0, 0, true)],
      'source: id 0/0: expected side 1 of pair 0 (same), found side 0 of pair 0 (same)',
    ],
    [
      [record(0, 1, true), record(0, 0, false)],
      'source: id 0/0: expected side 0 of pair 0 (same), found side 0 of pair 0 (different)',
    ],
    [
      [record(1, 0, true), record(1, 1, true), record(0, 0, true)],
      'source: id 0/0: expected a pair after pair 1, found side 0 of pair 0 (same)',
    ],
  ]
  for (const [records, message] of cases) t.throws(() => written(records), { name: 'DataError', message })
})
