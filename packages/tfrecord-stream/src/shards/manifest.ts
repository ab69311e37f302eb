import { DataError } from '@tiny-face/safe-files'
import {
  type Manifest as CommonManifest,
  manifestPath,
  parseManifest as parse,
  readManifest as read,
} from '@tiny-face/shard-writer'
import type { ExampleKeys } from '../example/example-keys.js'

/** As the manifest says it. */
export const FORMAT = 'tfrecord'

export interface Manifest extends CommonManifest {
  /** The features that hold image and label; `image_raw` and `label` where it does not say. */
  keys?: ExampleKeys | undefined
}

/**
 * Reads the manifest of a folder of TFRecord shards.
 *
 * @returns undefined where it has none
 * @throws DataError where it is no manifest of such shards, or a shard does not lie beside it at the size it says
 */
export function readManifest(folder: string): Manifest | undefined {
  return withKeys(read(folder, FORMAT), folder)
}

/**
 * The same, whatever lies beside it.
 *
 * @throws DataError where it is no manifest of such shards
 */
export function parseManifest(folder: string): Manifest | undefined {
  return withKeys(parse(folder, FORMAT), folder)
}

function withKeys(manifest: CommonManifest | undefined, folder: string): Manifest | undefined {
  if (manifest !== undefined) keysIn(manifest, manifestPath(folder))
  return manifest as Manifest | undefined
}

/**
 * The features that hold image and label, as a manifest says them.
 *
 * @throws DataError where it says something else there
 */
export function keysIn({ keys }: CommonManifest, file?: string): ExampleKeys | undefined {
  if (keys === undefined || isKeys(keys)) return keys
  throw new DataError({ file, expected: 'names of image and label as keys', found: JSON.stringify(keys) })
}

function isKeys(value: unknown): value is ExampleKeys {
  const { image, label } = (value ?? {}) as Partial<ExampleKeys>
  return typeof image === 'string' && typeof label === 'string'
}
