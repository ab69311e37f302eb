import { mirror } from '@tiny-face/image-stream'
import t from 'tap'
import {
  AUGMENTATION_DEFAULTS,
  AUGMENTATIONS,
  type AugmentationName,
  type AugmentConfig,
} from '../../src/augment/augment-config.js'
import { augmentImage } from '../../src/augment/augment-image.js'
import { blur } from '../../src/augment/blur.js'

// As many values as there are: no change leaves it as it is by accident.
const IMAGE = {
  pixels: Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 73 + (i >> 4) * 29) % 256),
  height: 16,
  width: 16,
}
const COUNT = 1000
const NAMES = Object.keys(AUGMENTATION_DEFAULTS) as AugmentationName[]

const augmented = (config: AugmentConfig, { seed = 1, epoch = 0, count = COUNT } = {}) =>
  Promise.all(Array.from({ length: count }, (_, record) => augmentImage(IMAGE, { seed, epoch, record }, config)))

const isChanged = ({ pixels }: { pixels: Uint8Array }) => Buffer.compare(pixels, IMAGE.pixels) !== 0

t.test('each way changes as many images as it should, none without it, and no image is written to', async t => {
  const before = IMAGE.pixels.slice()
  t.equal((await augmented({})).filter(isChanged).length, 0)
  for (const name of NAMES) {
    // A quarter, so that each way is tried alike; of JPEGs and of low resolution fewer: they take their time.
    const config = { [name]: { ...AUGMENTATION_DEFAULTS[name], probability: 0.25 } } as AugmentConfig
    const images = await augmented(config)
    t.ok(
      images.every(({ pixels, height, width }) => pixels.length === 768 && height === 16 && width === 16),
      `${name} keeps the size`,
    )
    const changed = images.filter(isChanged).length
    // Five standard deviations are 69; a few draws change nothing: a shift by no pixel, a crop of the whole.
    t.ok(changed > 140 && changed < 319, `${name}: ${changed} of ${COUNT}`)
  }
  t.strictSame(IMAGE.pixels, before)
})

t.test('(seed, epoch, record) decide, another of any is another image', async t => {
  const everything: AugmentConfig = Object.fromEntries(
    NAMES.map(name => [name, { ...AUGMENTATION_DEFAULTS[name], probability: 1 }]),
  )
  const first = await augmented(everything, { count: 20 })
  t.strictSame(await augmented(everything, { count: 20 }), first)
  const others = [
    await augmented(everything, { count: 20, seed: 2 }),
    await augmented(everything, { count: 20, epoch: 1 }),
    [...first.slice(1), first[0]!],
  ]
  for (const other of others) for (const [i, image] of other.entries()) t.notSame(image, first[i])
})

t.test('a way more leaves what the others draw as it is', async t => {
  const crop = { ...AUGMENTATION_DEFAULTS.crop, probability: 1 }
  const cropped = await augmented({ crop }, { count: 10 })
  const both = await augmented({ crop, blur: { probability: 1, sigma: [1, 1] } }, { count: 10 })
  t.strictSame(
    both,
    cropped.map(image => blur(image, 1)),
  )
})

t.test('half of the images are mirrored', async t => {
  const images = await augmented({ mirror: { probability: 0.5 } })
  const mirrored = images.filter(isChanged)
  t.ok(Math.abs(mirrored.length - COUNT / 2) < 80, `${mirrored.length} of ${COUNT}`)
  for (const image of mirrored.slice(0, 5)) t.strictSame(image, mirror(IMAGE))
})

t.test(
  "AdaFace's: 1 - 0.8^3 of the images are changed besides the mirror, 4% have black around them and are coarse",
  async t => {
    const { mirror: _, ...adaface } = AUGMENTATIONS.adaface
    const changed = (await augmented(adaface)).filter(isChanged).length
    t.ok(Math.abs(changed - 488) < 79, `${changed} of ${COUNT}`)
  },
)
