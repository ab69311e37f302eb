/* The names that commands and config.json take. This file loads no tensor library, so that a command's help needs none. */

import { say } from '@tiny-face/command-shell'

/** The networks. */
export const NETWORK_NAMES = [
  'mobilefacenet',
  'mbf',
  'ir18',
  'ir34',
  'ir50',
  'ir100',
  'resnet50',
  'foamliu-mobilefacenet',
  'face-api',
] as const

export type NetworkName = (typeof NETWORK_NAMES)[number]

/** The sources whose weights are published for everybody: named in place of a file, they are downloaded. */
export const PUBLISHED_NAMES = ['face-api'] as const

export type PublishedName = (typeof PUBLISHED_NAMES)[number]

/** What networks were called in earlier versions, where it was otherwise: these names still work. */
export const FORMER_NETWORK_NAMES: Readonly<Record<string, NetworkName>> = { 'seed-resnet50': 'resnet50' }

/** The normalisations that published networks were trained with, and what each of them is. x is 0 to 255. */
export const PREPROCESS_MEANINGS = {
  arcface: "RGB, (x - 127.5) / 127.5: insightface's PyTorch networks (AdaFace: the same in BGR, arcface order=bgr)",
  mxnet: "RGB, (x - 127.5) / 128: insightface's MXNet networks, and our mobilefacenet",
  'mxnet-bgr': 'the same in BGR, the order that OpenCV decodes to: Tiny-Face-Recognition, and our resnet50',
  imagenet: 'RGB, (x / 255 - mean) / std with the mean and deviation of ImageNet: torchvision, and much of PyTorch',
  'face-api': 'RGB, (x - mean) / 255 with the mean of faces, 122.782,117.001,104.298: our face-api',
  raw: 'RGB as it is, 0 to 255: networks that normalise inside',
} as const

export type PreprocessName = keyof typeof PREPROCESS_MEANINGS

export const PREPROCESS_NAMES = Object.keys(PREPROCESS_MEANINGS) as PreprocessName[]

/** What preprocessings were called. The Python project that this one re-implements was called the seed, a word that random numbers need. */
export const FORMER_PREPROCESS_NAMES = { seed: 'mxnet-bgr' } as const

/** The present name for one that was typed, if any was; whoever typed a former one is told what it is called now. */
export function typedName<T extends string>(
  name: T | undefined,
  former: Readonly<Record<string, string>>,
): T | undefined {
  if (name === undefined || !Object.hasOwn(former, name)) return name
  say(`${name} is called ${former[name]} now`)
  return former[name] as T
}
