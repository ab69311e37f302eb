import { readFileSync } from 'node:fs'
import { UsageError } from '@tiny-face/safe-files'

/**
 * The entries of a list on the command line: of `7,40-59` what its commas part, of `@FILE` the file's lines.
 *
 * @param what an entry is, with its article
 * @throws UsageError for a file without any
 */
export function listedEntries(text: string, what: string): string[] {
  if (!text.startsWith('@')) return text.split(',')
  const file = text.slice(1)
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter(line => line !== '')
  if (lines.length === 0) throw new UsageError(`${file}: expected ${what} on each line, found an empty file`)
  return lines
}
