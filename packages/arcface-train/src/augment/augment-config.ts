import { UsageError } from '@tiny-face/safe-files'
import type { BlurOptions } from './blur.js'
import type { BoxOptions } from './box.js'
import type { ColourOptions } from './colour.js'
import type { CropOptions } from './crop.js'
import type { JpegOptions } from './jpeg.js'
import type { LowResolutionOptions } from './low-resolution.js'
import type { RotateOptions } from './rotate.js'
import type { TranslateOptions } from './translate.js'

/** How often an image is changed in this way: of so many of 1. */
interface Probability {
  readonly probability: number
}

/** The ways in which images are changed, and how; what is not here is not done. Plain JSON, as it stands in config.json. */
export interface AugmentConfig {
  readonly crop?: Probability & CropOptions
  readonly rotate?: Probability & RotateOptions
  readonly translate?: Probability & TranslateOptions
  readonly 'low-resolution'?: Probability & LowResolutionOptions
  readonly colour?: Probability & ColourOptions
  readonly grey?: Probability
  readonly blur?: Probability & BlurOptions
  readonly jpeg?: Probability & JpegOptions
  readonly erase?: Probability & BoxOptions
  readonly mirror?: Probability
}

export type AugmentationName = keyof AugmentConfig

/** Every way by itself, as its name stands for it on the command line. */
export const AUGMENTATION_DEFAULTS = {
  crop: { probability: 0.5, area: [0.7, 1], ratio: [3 / 4, 4 / 3], resize: true },
  rotate: { probability: 0.5, degrees: 10 },
  translate: { probability: 0.5, shift: 0.05 },
  /** AdaFace's. */
  'low-resolution': { probability: 0.2, side: [0.2, 1] },
  /** AdaFace's. */
  colour: { probability: 0.2, brightness: 0.5, contrast: 0.5, saturation: 0.5 },
  /** torchvision's RandomGrayscale. */
  grey: { probability: 0.1 },
  /** The deviations of SimCLR (Chen et al. 2020). */
  blur: { probability: 0.2, sigma: [0.1, 2] },
  jpeg: { probability: 0.2, quality: [30, 95] },
  /** torchvision's RandomErasing, Zhong's own values. */
  erase: { probability: 0.5, area: [0.02, 0.33], ratio: [0.3, 3.3] },
  mirror: { probability: 0.5 },
} as const satisfies Required<AugmentConfig>

/** What is done unless something else is asked for: the mirror alone, as insightface does. */
export const DEFAULT_AUGMENTATION: AugmentConfig = { mirror: AUGMENTATION_DEFAULTS.mirror }

/** Sets that were published. */
export const AUGMENTATIONS = {
  /**
   * AdaFace (Kim, Jain, Liu, CVPR 2022), dataset/augmenter.py of github.com/mk-minchul/AdaFace with the 0.2 that its scripts give
   * each of crop, low resolution and photometric change, in this order, before the mirror: of the crop the rest is black; both
   * interpolations are drawn of OpenCV's nearest, linear, area, cubic and Lanczos.
   */
  adaface: {
    crop: { probability: 0.2, area: [0.2, 1], ratio: [3 / 4, 4 / 3], resize: false },
    'low-resolution': AUGMENTATION_DEFAULTS['low-resolution'],
    colour: AUGMENTATION_DEFAULTS.colour,
    mirror: AUGMENTATION_DEFAULTS.mirror,
  },
} as const satisfies Record<string, AugmentConfig>

/** What `--augment` takes. */
export const AUGMENTATION_NAMES: readonly string[] = [
  ...Object.keys(AUGMENTATIONS),
  ...Object.keys(AUGMENTATION_DEFAULTS),
]

/**
 * For `--augment`: names of sets and of single ways, as `adaface` or `crop,blur`, to which the mirror is added; `none` is nothing,
 * not even the mirror.
 *
 * @throws UsageError where a name is unknown
 */
export function parseAugment(text: string): AugmentConfig {
  if (text === 'none') return {}
  return Object.assign({ ...DEFAULT_AUGMENTATION }, ...text.split(',').map(named))
}

function named(name: string): AugmentConfig {
  if (Object.hasOwn(AUGMENTATIONS, name)) return AUGMENTATIONS[name as keyof typeof AUGMENTATIONS]
  if (Object.hasOwn(AUGMENTATION_DEFAULTS, name)) {
    return { [name]: AUGMENTATION_DEFAULTS[name as AugmentationName] }
  }
  throw new UsageError(
    `--augment takes none, or some of ${AUGMENTATION_NAMES.join(', ')}, with commas between them; found '${name}'`,
  )
}
