import { decodeImage } from '@tiny-face/image-stream'
import t from 'tap'
import { AUGMENTATIONS, augmentedGrid, augmentImage, epochOrder } from '../../src/index.js'
import { drawnSet, withImage } from '../drawn-set.js'

const SIZE = 4
const SET = drawnSet({ count: 20, size: SIZE })

t.test('a row for each record: the image, then as it comes in each epoch', async t => {
  const set = await SET
  const augment = AUGMENTATIONS.adaface
  const png = await augmentedGrid(set, { size: SIZE, seed: 3, augment, rows: 2, columns: 5 })
  const { pixels, height, width } = await decodeImage(png)
  // Two pixels between images, four behind the first column.
  t.strictSame([height, width], [2 * 4 + 2, 6 * 4 + 4 + 4 * 2])
  const cut = (row: number, left: number) =>
    Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
      const y = Math.floor(i / (SIZE * 3))
      return pixels[((row * 6 + y) * width + left) * 3 + (i % (SIZE * 3))]!
    })
  for (const row of [0, 1]) {
    const record = epochOrder(3, 0, 20)[row]!
    const image = await decodeImage(set.image(record))
    t.strictSame(cut(row, 0), image.pixels)
    for (let epoch = 0; epoch < 5; epoch++) {
      const expected = await augmentImage(image, { seed: 3, epoch, record }, augment)
      t.strictSame(cut(row, 8 + epoch * 6), expected.pixels, `row ${row}, epoch ${epoch}`)
    }
  }
})

t.test('a bad image is an error that names it', async t => {
  const set = await SET
  const record = epochOrder(1, 0, 20)[0]!
  const damaged = withImage(set, record, set.image(record).subarray(0, 40))
  await t.rejects(augmentedGrid(damaged, { size: SIZE, seed: 1, augment: {} }), {
    name: 'DataError',
    file: 'drawn',
    record,
    id: `id-${record}`,
  })
  await t.rejects(augmentedGrid(set, { size: 5, seed: 1, augment: {} }), {
    name: 'DataError',
    expected: 'an image of 5x5',
    found: '4x4',
  })
})
