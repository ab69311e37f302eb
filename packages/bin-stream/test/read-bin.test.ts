import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { binRecords, parseBin, readBin } from '../src/index.js'

import { sameSets } from './same-sets.js'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** `([b'\xff\xd8a', b'\xff\xd8bb', b'\xff\xd8c\n', b'\xff\xd8'], [True, False])`, as Python 3.11 pickles it in protocols 0 to 4. */
const PYTHON_PICKLES = [
  '28286c70300a635f636f646563730a656e636f64650a70310a2856ffd8610a70320a566c6174696e310a70330a7470340a5270350a6167310a2856ffd862620a70360a67330a7470370a5270380a6167310a2856ffd8635c75303030610a70390a67330a747031300a527031310a6167310a2856ffd80a7031320a67330a747031330a527031340a61286c7031350a4930310a614930300a61747031360a2e',
  '285d710028635f636f646563730a656e636f64650a7101285805000000c3bfc39861710258060000006c6174696e3171037471045271056801285806000000c3bfc3986262710668037471075271086801285806000000c3bfc398630a7109680374710a52710b6801285804000000c3bfc398710c680374710d52710e655d710f284930310a4930300a657471102e',
  '80025d710028635f636f646563730a656e636f64650a71015805000000c3bfc39861710258060000006c6174696e31710386710452710568015806000000c3bfc39862627106680386710752710868015806000000c3bfc398630a7109680386710a52710b68015804000000c3bfc398710c680386710d52710e655d710f288889658671102e',
  '80035d7100284303ffd86171014304ffd8626271024304ffd8630a71034302ffd87104655d7105288889658671062e',
  '80049526000000000000005d94284303ffd861944304ffd86262944304ffd8630a944302ffd894655d942888896586942e',
]

test('a set pickled by Python in any protocol', async t => {
  for (const [protocol, text] of PYTHON_PICKLES.entries()) {
    const images = ['\xff\xd8a', '\xff\xd8bb', '\xff\xd8c\n', '\xff\xd8'].map(latin1)
    t.strictSame(parseBin(hex(text)), { images, same: [true, false] }, `protocol ${protocol}`)
  }
})

test('a record for each slot, with its place in the set', async t => {
  const set = { images: ['a', 'b', 'c', 'd'].map(latin1), same: [false, true] }
  t.strictSame(
    [...binRecords(set)],
    [
      { id: 0, image: latin1('a'), pair: { index: 0, side: 0, same: false } },
      { id: 1, image: latin1('b'), pair: { index: 0, side: 1, same: false } },
      { id: 2, image: latin1('c'), pair: { index: 1, side: 0, same: true } },
      { id: 3, image: latin1('d'), pair: { index: 1, side: 1, same: true } },
    ],
  )
})

test('the same 20 pairs pickled in other ways are the same set', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  const files = readdirSync(join(data, 'bin')).filter(name => name.startsWith('py'))
  const [first, ...others] = files.map(name => readBin(join(data, 'bin', name)))
  t.equal(files.length, 3)
  t.equal(first!.images.length, 40)
  for (const other of others) t.ok(sameSets(other, first!))
})

test('real sets: numpy images of insightface, strings of Python 2, and the labels that the golden figures are of', async t => {
  const data = sharedData()
  if (!data) return t.pass('needs ../shared/data', { skip: true })
  const insightface = readBin(join(data, 'bin/insightface_small_lfw.bin'))
  t.equal(insightface.images.length, 20)
  t.strictSame(insightface.same, Array(10).fill(true))
  const dev = readBin(join(data, 'bin/lfw_dev.bin'))
  const golden: boolean[] = JSON.parse(readFileSync(join(data, 'golden/lfw_dev_issame.json'), 'utf8'))
  t.strictSame(dev.same, golden.map(Boolean))
  for (const image of [...insightface.images, ...dev.images]) {
    if (Buffer.from(image.subarray(0, 3)).toString('hex') !== 'ffd8ff') t.fail('no JPEG')
  }
})

test('what is no verification set', async t => {
  const cases: [text: string, message: string][] = [
    ['N.', 'x.bin: byte 0: expected a pickle of (bins, issame_list), found None'],
    ['(lp0\n.', 'x.bin: byte 0: expected a pickle of (bins, issame_list), found a list of 0'],
    ['(I1\n(lp0\nt.', 'x.bin: byte 0: expected a pickle of (bins, issame_list), found a tuple of 2'],
    ['((lp0\n(lp1\n(lp2\nt.', 'x.bin: byte 0: expected a pickle of (bins, issame_list), found a tuple of 3'],
    ['(lp0\n(lp1\na.', 'x.bin: byte 0: expected a pickle of (bins, issame_list), found a list of 1'],
    ['((lp0\n(lp1\nt.', 'x.bin: byte 2: expected at least one pair, found none'],
    ["((lS'a'\naS'b'\na(lI01\naI01\nat.", 'x.bin: byte 2: expected 4 images for 2 pairs, found 2'],
    ["((lS'a'\naI7\na(lI01\nat.", 'x.bin: byte 2: id 1: expected the bytes of an encoded image, found 7'],
    ["((lS'a'\naS''\na(lI01\nat.", 'x.bin: byte 9: id 1: expected the bytes of an encoded image, found 0 bytes'],
    ["((lS'a'\naS'b'\na(lI2\nat.", 'x.bin: byte 16: expected a boolean for pair 0, found 2'],
    ['((lNt.', 'x.bin: byte 0: expected a list of booleans, found None'],
    ["((lS'a'\nacos\nsystem\n(S'id'\ntRa(lI01\nat.", 'x.bin: byte 9: expected plain data, found GLOBAL os.system'],
  ]
  for (const [text, message] of cases) t.throws(() => parseBin(latin1(text), 'x.bin'), { name: 'DataError', message })
  const dtype = "cnumpy\ndtype\n(S'i1'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntb"
  const array = `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\nt${dtype}I00\nS'ab'\ntb`
  t.throws(() => parseBin(latin1(`((l${array}aS'b'\na(lI01\nat.`), 'x.bin'), {
    name: 'DataError',
    message: /^x\.bin: byte \d+: id 0: expected the bytes of an encoded image, found an int8 array of shape \(2\)$/,
  })
})

test('every truncation is a DataError, and no flipped bit does more', async t => {
  for (const text of PYTHON_PICKLES) {
    const bytes = hex(text)
    for (let length = 0; length < bytes.length; length++) {
      t.throws(() => parseBin(bytes.subarray(0, length)), DataError)
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      try {
        parseBin(bytes)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
      }
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  }
})
