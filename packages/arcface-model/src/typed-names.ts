/* The names that commands and config.json take. This file loads no tensor library, so that a command's help needs none. */

import { say } from '@tiny-face/command-shell'

/** The networks. */
export const NETWORK_NAMES = ['mobilefacenet', 'ir18', 'ir34', 'ir50', 'ir100', 'resnet50'] as const

export type NetworkName = (typeof NETWORK_NAMES)[number]

/** What networks were called in earlier versions, where it was otherwise: these names still work. */
export const FORMER_NETWORK_NAMES: Readonly<Record<string, NetworkName>> = { 'seed-resnet50': 'resnet50' }

/** The normalisations that published networks were trained with. */
export const PREPROCESS_NAMES = ['arcface', 'mxnet', 'mxnet-bgr', 'imagenet'] as const

export type PreprocessName = (typeof PREPROCESS_NAMES)[number]

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
