import { join } from 'node:path'
import { test } from 'tap'
import { pairImageRecords, readPairsList } from '../../src/index.js'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'

const { image } = opencvImage('progressive JPEG')
const lfw = {
  'lfw/Abel_Pacheco/Abel_Pacheco_0001.jpg': image,
  'lfw/Abel_Pacheco/Abel_Pacheco_0004.jpg': image,
  'lfw/Zoë K/Zoë K_0001.png': image,
  'lfw/Zoë K/Zoë K_10000.jpg': image,
}
const pairs =
  '1\t2\nAbel_Pacheco\t1\t4\nZoë K\t1\t10000\nAbel_Pacheco\t4\tZoë K\t1\r\nZoë K\t10000\tAbel_Pacheco\t1\n\n'

test('pairs in the order of the list, people by name', async t => {
  const folder = scratch(t, { ...lfw, 'pairs.txt': pairs })
  const { people, images } = readPairsList(join(folder, 'pairs.txt'), join(folder, 'lfw'))
  t.strictSame(people, ['Abel_Pacheco', 'Zoë K'])
  t.strictSame(
    images.map(({ path, label, pair }) => [path.split('/')[1], label, pair.index, pair.side, pair.same]),
    [
      ['Abel_Pacheco_0001.jpg', 0, 0, 0, true],
      ['Abel_Pacheco_0004.jpg', 0, 0, 1, true],
      ['Zoë K_0001.png', 1, 1, 0, true],
      ['Zoë K_10000.jpg', 1, 1, 1, true],
      ['Abel_Pacheco_0004.jpg', 0, 2, 0, false],
      ['Zoë K_0001.png', 1, 2, 1, false],
      ['Zoë K_10000.jpg', 1, 3, 0, false],
      ['Abel_Pacheco_0001.jpg', 0, 3, 1, false],
    ],
  )
})

test('a first line with one number, none, and spaces for tabs', async t => {
  const three = 'A 1 2\nA 1 B 1\n'
  for (const text of [`1\n${three}`, three, `1 1\n${three}`]) {
    const folder = scratch(t, { 'pairs.txt': text, 'A/A_0001.jpg': '', 'A/A_0002.jpg': '', 'B/B_0001.jpeg': '' })
    t.equal(readPairsList(join(folder, 'pairs.txt'), folder).images.length, 4)
  }
})

test('what is wrong is said with file and line', async t => {
  const wrong: [string, RegExp][] = [
    ['1\t2\nAbel_Pacheco\t1\t4\n', /pairs\.txt: expected 4 pairs, as the first line says, found 1$/],
    ['Abel_Pacheco\t1\t5\n', /pairs\.txt:1: expected .*lfw\/Abel_Pacheco\/Abel_Pacheco_0005\{\.jpg,.*\}, found none$/],
    ['\nAbel_Pacheco\t1\tx\n', /pairs\.txt:2: expected name n1 n2, or name1 n1 name2 n2, found "Abel_Pacheco 1 x"$/],
    ['A\t1\tB\t2\tC\n', /:1: expected name n1 n2/],
    ['x\ty\n', /:1: expected folds and pairs in a fold, found "x y"$/],
    ['../lfw/Abel_Pacheco\t1\t4\n', /:1: expected a name, found "\.\.\/lfw\/Abel_Pacheco"$/],
    ['..\t1\t4\n', /:1: expected a name/],
    ['', /pairs\.txt: expected pairs, found none$/],
    ['0\t300\n', /expected pairs, found none$/],
  ]
  for (const [text, message] of wrong) {
    const folder = scratch(t, { ...lfw, 'pairs.txt': text })
    t.throws(() => readPairsList(join(folder, 'pairs.txt'), join(folder, 'lfw')), { name: 'DataError', message }, text)
  }
})

test('records that bin-write takes; a damaged image stops them, or takes its pairs with it', async t => {
  const damaged = { ...lfw, 'lfw/Zoë K/Zoë K_10000.jpg': image.subarray(0, 300) }
  for (const [files, skip, indices] of [
    [lfw, false, [0, 0, 1, 1, 2, 2, 3, 3]],
    [damaged, true, [0, 0, 2, 2]],
  ] as const) {
    const folder = scratch(t, { ...files, 'pairs.txt': pairs })
    const { images } = readPairsList(join(folder, 'pairs.txt'), join(folder, 'lfw'))
    const left: unknown[] = []
    const records: unknown[] = []
    const options = skip ? { skipDamaged: (error: Error) => left.push(error.message) } : {}
    for await (const { id, pair, label, image } of pairImageRecords(join(folder, 'lfw'), images, options)) {
      records.push(pair.index)
      t.ok(image.length > 0 && typeof id === 'string' && label === (String(id).startsWith('Zoë') ? 1 : 0))
    }
    t.strictSame(records, indices)
    t.equal(left.length, skip ? 2 : 0)
  }
  const folder = scratch(t, { ...damaged, 'pairs.txt': pairs })
  const { images } = readPairsList(join(folder, 'pairs.txt'), join(folder, 'lfw'))
  const read = async () => {
    for await (const _ of pairImageRecords(join(folder, 'lfw'), images));
  }
  await t.rejects(read(), { name: 'DataError', file: join(folder, 'lfw/Zoë K/Zoë K_10000.jpg') })
})
