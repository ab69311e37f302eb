import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'face-gallery-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

let files = 0

/** A path in a folder of its own that goes when the test ends. */
export function scratch(name: string): string {
  return join(mkdtempSync(join(folder, `${files++}-`)), name)
}
