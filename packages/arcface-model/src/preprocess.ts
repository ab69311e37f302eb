/*
 * What a network's input is made of, kept in the ONNX model's metadata_props under the key `tiny_face.preprocess` as JSON:
 *
 *   {"order": "rgb",                 order of the colour channels, "rgb" or "bgr"
 *    "mean": [127.5, 127.5, 127.5],  for each channel in that order, in units of 0…255
 *    "std": [128, 128, 128],         likewise; input = (x - mean) / std
 *    "layout": "nchw",               "nchw" [batch, 3, height, width] or "nhwc" [batch, height, width, 3]
 *    "size": 112,                    height and width of the image
 *    "alignment": "dlib"}            how faces are cut out of their photos, where it is not as for ArcFace
 */
import { number, objectWith, oneOf, optional, parseJson, positive, tuple, whole } from '@tiny-face/checked-json'
import type { PreprocessWish } from './preprocess-text.js'
import type { PreprocessName } from './typed-names.js'

/** The key in a model's metadata. */
export const PREPROCESS_KEY = 'tiny_face.preprocess'

/** The ways to lay a face into a square: ArcFace's five points, and the looser one of dlib. */
export const ALIGNMENTS = ['arcface', 'dlib'] as const
export type Alignment = (typeof ALIGNMENTS)[number]

export type Layout = 'nchw' | 'nhwc'
type PerChannel = readonly [number, number, number]

/** How a colour value of 0…255 becomes an input value: (x - mean) / std, the channels in `order`. */
export interface Normalisation {
  order: 'rgb' | 'bgr'
  mean: PerChannel
  std: PerChannel
}

export interface Preprocess extends Normalisation {
  layout: Layout
  /** Height and width of the image. */
  size: number
  /** `arcface` where left out. */
  alignment?: Alignment
}

/** The normalisations by their names. */
export const PRESETS = {
  /** deepinsight/insightface, recognition/arcface_torch: (x - 127.5) / 127.5 */
  arcface: { order: 'rgb', mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  /** deepinsight/insightface, the MXNet networks: (x - 127.5) * 0.0078125 */
  mxnet: { order: 'rgb', mean: [127.5, 127.5, 127.5], std: [128, 128, 128] },
  /** Tiny-Face-Recognition: the same, in the order that OpenCV decodes to */
  'mxnet-bgr': { order: 'bgr', mean: [127.5, 127.5, 127.5], std: [128, 128, 128] },
  /** torchvision: (x / 255 - mean) / std with the mean and deviation of ImageNet */
  imagenet: {
    order: 'rgb',
    mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
    std: [0.229 * 255, 0.224 * 255, 0.225 * 255],
  },
  /** face-api's recogniser, faceRecognitionNet/FaceRecognitionNet.ts; dlib, which trained it, divides by 256. */
  'face-api': { order: 'rgb', mean: [122.782, 117.001, 104.298], std: [255, 255, 255] },
  /** For networks that normalise inside. */
  raw: { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
} as const satisfies Record<PreprocessName, Normalisation>

/** A preset with the layout that ONNX networks have; with a `size` it is a Preprocess. */
export function preprocessOf(name: PreprocessName): Omit<Preprocess, 'size'> {
  return { ...PRESETS[name], layout: 'nchw' }
}

/** What is known of a preprocessing, with what is asked for in its place. */
export function wishedOver<K extends Partial<Preprocess>>(
  known: K,
  wish: PreprocessName | PreprocessWish = {},
): K & Partial<Preprocess> {
  const { name, ...rest } = typeof wish === 'string' ? { name: wish } : wish
  return { ...known, ...(name && PRESETS[name]), ...rest }
}

/** A normalisation in one line, as people type it: `rgb mean=127.5 std=128`. */
export function describeNormalisation({ order, mean, std }: Normalisation, channels: 1 | 3 = 3): string {
  const numbers = (values: PerChannel) => {
    const texts = values.map(value => String(Number(value.toPrecision(7))))
    return texts.every(text => text === texts[0]) ? texts[0] : texts.join(',')
  }
  return `${channels === 1 ? 'grey' : order} mean=${numbers(mean)} std=${numbers(std)}`
}

/** The value to store under PREPROCESS_KEY. */
export function formatPreprocess({ order, mean, std, layout, size, alignment }: Preprocess): string {
  const unusual = alignment === undefined || alignment === 'arcface' ? {} : { alignment }
  return JSON.stringify({ order, mean, std, layout, size, ...unusual })
}

const PREPROCESS = objectWith({
  order: oneOf(['rgb', 'bgr']),
  mean: tuple([number(), number(), number()]),
  std: tuple([positive, positive, positive]),
  layout: oneOf(['nchw', 'nhwc']),
  size: whole(1),
  alignment: optional(oneOf(ALIGNMENTS)),
})

/**
 * Reads what formatPreprocess wrote.
 *
 * @param file the model's name, for the message
 * @throws DataError where the text is no such JSON
 */
export function parsePreprocess(text: string, file: string): Preprocess {
  return parseJson(text, PREPROCESS, { file, within: PREPROCESS_KEY })
}
