/**
 * The oneDNN to test with: what `engine-install onednn` put into the user's cache. This package lies below that command's, so it looks
 * for the file itself. Where it is missing the tests skip with a printed line, which CI counts as a failure.
 */
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const cache =
  process.env.TINY_FACE_ENGINES ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tiny-face-engines')

export const libraryFile = (existsSync(cache) ? readdirSync(cache) : [])
  .filter(name => /^onednn-[\d.]+$/.test(name))
  .map(name => join(cache, name, 'lib/libdnnl.so.3'))
  .find(file => existsSync(file))

if (libraryFile === undefined) console.log('skipped: oneDNN is not installed here: run npx engine-install onednn')
