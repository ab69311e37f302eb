/** The dataset of tools/rehearsal, which stands for one of millions of faces. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeImage, looksDamaged } from '@tiny-face/image-stream'
import { examineDataset } from '@tiny-face/record-doctor'
import { RecordIOReader } from '@tiny-face/recordio-stream'
import { mersenneTwister } from '@tiny-face/seeded-random'
import t from 'tap'
import { BLOCK_VALUES, CoefficientJpeg } from '../tools/rehearsal/coefficient-jpeg.js'
import { imagesOfPeople } from '../tools/rehearsal/people.js'
import { RandomPictures } from '../tools/rehearsal/random-pictures.js'

/** Where the first values of the zigzag order stand: across and down (T.81, figure A.6). */
const ZIGZAG = [
  [0, 0],
  [1, 0],
  [0, 1],
  [0, 2],
  [1, 1],
  [2, 0],
  [3, 0],
  [2, 1],
  [1, 2],
] as const
/** Table K.1 for the same values; libjpeg takes it as it is for quality 50. */
const STEPS = [16, 11, 12, 14, 12, 10, 16, 14, 13]

/** T.81, A.3.3, of one block. */
function inverseDct(values: ArrayLike<number>, x: number, y: number): number {
  const scale = (k: number) => (k === 0 ? Math.SQRT1_2 : 1) / 2
  const cosine = (k: number, at: number) => scale(k) * Math.cos(((2 * at + 1) * k * Math.PI) / 16)
  return ZIGZAG.reduce((sum, [u, v], k) => sum + values[k]! * STEPS[k]! * cosine(u, x) * cosine(v, y), 128)
}

t.test('a JPEG of coefficients decodes to what the inverse DCT makes of them', async t => {
  const jpeg = await CoefficientJpeg.open(32, 50)
  const random = mersenneTwister(3)
  const values = new Int16Array(jpeg.blocks * BLOCK_VALUES)
  for (let block = 0; block < jpeg.blocks; block++) {
    // The last two blocks of a unit are chroma, and stay grey.
    if (block % 6 >= 4) continue
    values[block * BLOCK_VALUES] = random.whole(-20, 20)
    for (let k = 1; k < BLOCK_VALUES; k++) {
      const most = random.whole(0, 9) === 0 ? 2 : 0
      values[block * BLOCK_VALUES + k] = random.whole(-most, most)
    }
  }
  const { pixels, height, width } = await decodeImage(Uint8Array.from(jpeg.write(values)))
  t.strictSame([height, width], [32, 32])
  let worst = 0
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const unit = 2 * (y >> 4) + (x >> 4)
      const block = 6 * unit + 2 * ((y >> 3) & 1) + ((x >> 3) & 1)
      const exact = inverseDct(values.subarray(block * BLOCK_VALUES), x & 7, y & 7)
      const grey = Math.max(0, Math.min(255, exact))
      const at = 3 * (32 * y + x)
      for (const level of pixels.subarray(at, at + 3)) worst = Math.max(worst, Math.abs(level - grey))
    }
  }
  t.ok(worst <= 1.01, `within a level: ${worst}`)
})

t.test('the bits of a scan', async t => {
  const jpeg = await CoefficientJpeg.open(16, 50)
  const values = new Int16Array(6 * BLOCK_VALUES)
  values[0] = 1
  // By tables K.3 to K.6: luma 010 1 and 1010 (end of block), 010 0 and 1010, twice 00 and 1010, of each chroma 00 and 00; 1111 fills up
  const scan = Uint8Array.of(0x5a, 0x4a, 0x28, 0xa0, 0x0f, 0xff, 0xd9)
  t.strictSame(jpeg.write(values).slice(-scan.length), scan)
})

t.test('the largest values, and chroma', async t => {
  const jpeg = await CoefficientJpeg.open(16, 50)
  const values = new Int16Array(6 * BLOCK_VALUES)
  for (const [i, dc] of [1023, -1023, 512, -512, 255, -255].entries()) {
    values[i * BLOCK_VALUES] = dc
    values.fill(i % 2 === 0 ? 255 : -255, i * BLOCK_VALUES + 1, (i + 1) * BLOCK_VALUES)
  }
  await t.resolves(decodeImage(Uint8Array.from(jpeg.write(values))), 'no bit too many or too few')
  // DC of 8 levels each: luma 0, blue -8 · 17 / 8, red 8 · 17 / 8 (table K.2 begins with 17)
  values.fill(0)
  values[4 * BLOCK_VALUES] = -8
  values[5 * BLOCK_VALUES] = 8
  const { pixels } = await decodeImage(Uint8Array.from(jpeg.write(values)))
  const expected = [128 + 1.402 * 17, 128 + 0.344136 * 17 - 0.714136 * 17, 128 - 1.772 * 17]
  t.ok(
    expected.every((level, channel) => Math.abs(pixels[channel]! - level) <= 1),
    `RGB ${pixels.subarray(0, 3)}`,
  )
})

t.test('a picture is a pure function of seed, person and picture', async t => {
  const draw = async (seed: number, person: number, picture: number) =>
    Buffer.from((await RandomPictures.open(seed)).draw(person, picture))
  const one = await draw(1, 5, 7)
  const pictures = await RandomPictures.open(1)
  pictures.draw(4, 7)
  pictures.draw(5, 8)
  t.ok(one.equals(pictures.draw(5, 7)), 'whatever was drawn before')
  for (const other of [draw(2, 5, 7), draw(1, 6, 7), draw(1, 5, 8), draw(1, 7, 5)]) t.notOk(one.equals(await other))
})

t.test(
  'pictures are sound, of the size of faces, and no two alike; those of a person are nearer than others',
  async t => {
    const [people, views] = [20, 20]
    const pictures = await RandomPictures.open(1)
    const records = Array.from({ length: people * views }, (_, id) => {
      const label = Math.floor(id / views)
      return { id, label, image: Uint8Array.from(pictures.draw(label, id % views)) }
    })
    const bytes = records.reduce((sum, { image }) => sum + image.length, 0) / records.length
    t.ok(bytes > 1800 && bytes < 2200, `${bytes} bytes each`)
    const decoded = await Promise.all(records.map(({ image }) => decodeImage(image)))
    t.strictSame(
      records.flatMap(({ image }, i) => looksDamaged(image, decoded[i]!) ?? []),
      [],
    )
    const { findings } = await examineDataset(records)
    t.strictSame(findings, [])
    const distance = (i: number, j: number) =>
      decoded[i]!.pixels.reduce((sum, level, at) => sum + (level - decoded[j]!.pixels[at]!) ** 2, 0)
    const of = (step: number) => Array.from({ length: 100 }, (_, i) => distance(i * 3, (i * 3 + step) % records.length))
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length
    // 3 i and 3 i + 1 are of one person but where 3 i is a person's last.
    const [same, others] = [mean(of(1)), mean(of(views))]
    t.ok(same < 0.75 * others && same > 0.4 * others, `squared distance ${same / others} of that to others`)
  },
)

t.test('people have as many images as in faces_emore, about', async t => {
  const counts = imagesOfPeople(85_742, 5_822_653)
  t.equal(counts.length, 85_742)
  t.equal(
    counts.reduce((sum, count) => sum + count, 0),
    5_822_653,
  )
  const sorted = counts.toSorted((a, b) => a - b)
  t.ok(sorted[0]! >= 9 && sorted.at(-1)! <= 610, `${sorted[0]} to ${sorted.at(-1)}`)
  t.notOk(
    sorted.every((count, i) => count === counts[i]),
    'in no order',
  )
})

t.test('the dataset is one of insightface, read as such', async t => {
  const folder = t.testdir()
  const tool = fileURLToPath(new URL('../tools/rehearsal/write-dataset.ts', import.meta.url))
  execFileSync(process.execPath, [`--import=${import.meta.resolve('tsx')}`, tool, folder, '500', '9'])
  t.equal(readFileSync(join(folder, 'property'), 'utf8'), '9,112,112')
  const reader = new RecordIOReader([join(folder, 'train.rec')])
  t.equal(reader.begin.classes, 9)
  const labels = Array.from(reader, ({ label }) => label as number)
  const counts = imagesOfPeople(9, 500)
  t.strictSame(
    labels,
    counts.flatMap((count, label) => Array(count).fill(label)),
  )
})
