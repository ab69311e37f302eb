import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folder of real faces and files that lies beside the checkout, or undefined (with one printed line) where it is absent:
 * tests then skip what needs it, which CI counts as failed.
 */
export function sharedData(): string | undefined {
  const folder = fileURLToPath(new URL('../../shared/data', import.meta.url))
  if (existsSync(folder)) return folder
  console.log('# skipped: the real files of ../shared/data are not here')
  return undefined
}
