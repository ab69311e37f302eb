/* The names that commands and config.json take. This file loads no tensor library, so that a command's help needs none. */

/** The networks. */
export const NETWORK_NAMES = ['mobilefacenet', 'ir18', 'ir34', 'ir50', 'ir100', 'resnet50'] as const

export type NetworkName = (typeof NETWORK_NAMES)[number]

/** What networks were called in earlier versions, where it was otherwise: these names still work. */
export const FORMER_NETWORK_NAMES: Readonly<Record<string, NetworkName>> = { 'seed-resnet50': 'resnet50' }

/** Likewise of preprocessing. */
export const FORMER_PREPROCESS_NAMES = { seed: 'mxnet-bgr' } as const

/** The name that something has now. */
export function presentName(name: string, former: Readonly<Record<string, string>>): string {
  return Object.hasOwn(former, name) ? former[name]! : name
}
