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
