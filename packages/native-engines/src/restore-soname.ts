import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { DataError } from '@tiny-face/safe-files'

/**
 * Gives a shared library its own name back. auditwheel (https://github.com/pypa/auditwheel), which puts into a wheel what that needs, renames
 * each library (`libgomp-e985bcbb.so.1.0.0`) in the file as well, its DT_SONAME, so that those of two wheels do not meet; the loader would
 * not know it for the `libgomp.so.1` that oneDNN asks for. The new name is the file's, and no longer than the old one.
 *
 * @param bundled the name that it has in the wheel
 * @throws DataError where the file does not hold that name once
 */
export function restoreSoname(file: string, bundled: string): void {
  const bytes = readFileSync(file)
  const [old, own] = [bundled, basename(file)].map(name => Buffer.from(`\0${name}\0`))
  const at = bytes.indexOf(old!)
  if (at === -1 || bytes.indexOf(old!, at + 1) !== -1)
    throw new DataError({ file, expected: `the name ${bundled} once`, found: at === -1 ? 'none' : 'several' })
  bytes.fill(0, at, at + old!.length)
  own!.copy(bytes, at)
  writeFileSync(file, bytes)
}
