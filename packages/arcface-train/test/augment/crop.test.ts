import t from 'tap'
import { blackAround, drawCrop, enlarged } from '../../src/augment/crop.js'
import { Random } from '../../src/augment/random.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

t.test("the part fills the image, as OpenCV's linear resize of it", async t => {
  const box = { top: 3, left: 2, height: 5, width: 9 }
  const found = difference(enlarged(IMAGE, box), PEERS.crop)
  t.ok(found <= 1, `a value differs by ${found}`)
})

t.test('AdaFace: the part stays where it is, the rest is black', async t => {
  const { pixels } = blackAround(IMAGE, { top: 1, left: 2, height: 3, width: 4 })
  for (let y = 0; y < IMAGE.height; y++) {
    for (let x = 0; x < IMAGE.width; x++) {
      const kept = y >= 1 && y < 4 && x >= 2 && x < 6
      const at = (y * IMAGE.width + x) * 3
      for (let i = at; i < at + 3; i++) if (pixels[i] !== (kept ? IMAGE.pixels[i] : 0)) t.fail(`row ${y}, column ${x}`)
    }
  }
})

t.test('areas, ratios and places are drawn over their whole ranges', async t => {
  const image = { pixels: new Uint8Array(), height: 112, width: 112 }
  const options = { area: [0.2, 1], ratio: [3 / 4, 4 / 3], resize: true } as const
  const boxes = Array.from({ length: 5000 }, (_, record) =>
    drawCrop(new Random({ seed: 1, epoch: 0, record }, 0), options, image),
  )
  const ends = (values: number[]) => [Math.min(...values), Math.max(...values)] as const
  const [smallest, largest] = ends(boxes.map(({ height, width }) => (height * width) / 112 ** 2))
  t.ok(smallest > 0.19 && smallest < 0.21 && largest > 0.98 && largest <= 1, `areas ${smallest} to ${largest}`)
  const [narrowest, widest] = ends(boxes.map(({ height, width }) => width / height))
  t.ok(narrowest > 0.73 && narrowest < 0.77 && widest > 1.31 && widest < 1.36, `ratios ${narrowest} to ${widest}`)
  t.ok(
    boxes.every(({ top, left, height, width }) => top >= 0 && left >= 0 && top + height <= 112 && left + width <= 112),
  )
  for (const [least, greatest] of [
    ends(boxes.map(({ top, height }) => top / (112 - height || Number.NaN)).filter(Number.isFinite)),
    ends(boxes.map(({ left, width }) => left / (112 - width || Number.NaN)).filter(Number.isFinite)),
  ]) {
    t.strictSame([least, greatest], [0, 1], 'from one edge to the other')
  }
  const wider = boxes.filter(({ height, width }) => width > height).length
  const taller = boxes.filter(({ height, width }) => width < height).length
  t.ok(Math.abs(wider - taller) < 350, `${wider} are wider, ${taller} taller`)
})

t.test('where no box fits, the middle', async t => {
  const image = { pixels: new Uint8Array(), height: 10, width: 100 }
  const random = new Random({ seed: 1, epoch: 0, record: 0 }, 0)
  const box = drawCrop(random, { area: [0.9, 1], ratio: [1, 2], resize: true }, image)
  t.strictSame(box, { top: 0, left: 40, height: 10, width: 20 })
})
