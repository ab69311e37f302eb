import { mirror, type Pixels } from '@tiny-face/image-stream'
import type { AugmentationName, AugmentConfig } from './augment-config.js'
import { blur, drawSigma } from './blur.js'
import { drawBox } from './box.js'
import { drawJitter, jitter } from './colour.js'
import { blackAround, drawCrop, enlarged } from './crop.js'
import { erase } from './erase.js'
import { grey } from './grey.js'
import { drawQuality, jpeg } from './jpeg.js'
import { drawLowResolution, lowResolution } from './low-resolution.js'
import { type Draw, Random } from './random.js'
import { drawAngle, rotate } from './rotate.js'
import { drawShift, translate } from './translate.js'

/** One way to change an image: draws how, and does it. */
type Augmentation<Options> = (image: Pixels, random: Random, options: Options) => Pixels | Promise<Pixels>

/** In the order in which they are done: AdaFace's, what it lacks in between. */
const CHANGES: { [Name in AugmentationName]-?: Augmentation<NonNullable<AugmentConfig[Name]>> } = {
  crop(image, random, options) {
    const box = drawCrop(random, options, image)
    return options.resize ? enlarged(image, box) : blackAround(image, box)
  },
  rotate: (image, random, options) => rotate(image, drawAngle(random, options)),
  translate: (image, random, options) => translate(image, drawShift(random, options, image)),
  'low-resolution': (image, random, options) => lowResolution(image, drawLowResolution(random, options)),
  colour: (image, random, options) => jitter(image, drawJitter(random, options)),
  grey,
  blur: (image, random, options) => blur(image, drawSigma(random, options)),
  jpeg: (image, random, options) => jpeg(image, drawQuality(random, options)),
  erase(image, random, options) {
    const box = drawBox(random, options, image)
    return box === undefined ? image : erase(image, box, random)
  },
  mirror,
}

const NAMES = Object.keys(CHANGES) as AugmentationName[]

/**
 * An RGB image, changed at random: a function of (image, seed, epoch, record, config) alone. Each way draws from numbers of its
 * own, so that one more does not change what the others do.
 *
 * @param image uint8 `[height, width, 3]`; it is not written to
 * @returns an image of the same size
 */
export async function augmentImage(image: Pixels, draw: Draw, config: AugmentConfig): Promise<Pixels> {
  let augmented = image
  for (const [purpose, name] of NAMES.entries()) {
    const options = config[name]
    if (options === undefined) continue
    const random = new Random(draw, purpose)
    if (!random.chance(options.probability)) continue
    const change = CHANGES[name] as Augmentation<typeof options>
    augmented = await change(augmented, random, options)
  }
  return augmented
}

/** Whether augmentImage mirrors an image, the last it does: what writes the image somewhere can do that on the way. */
export function isMirrored(draw: Draw, { mirror }: AugmentConfig): boolean {
  return mirror !== undefined && new Random(draw, NAMES.indexOf('mirror')).chance(mirror.probability)
}
