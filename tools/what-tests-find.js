// What lies outside the checkout and decides which tests are skipped, in one line: Nx runs a package's tests again when it changes.
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { TINY_FACE_ENGINES, XDG_CACHE_HOME } = process.env
const engines = TINY_FACE_ENGINES || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'tiny-face-engines')
console.log(
  JSON.stringify({
    sharedData: existsSync(fileURLToPath(new URL('../../shared/data', import.meta.url))),
    engines: existsSync(engines) ? readdirSync(engines).sort() : [],
  }),
)
