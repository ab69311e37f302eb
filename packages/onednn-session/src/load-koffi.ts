import { createRequire } from 'node:module'
import type Koffi from 'koffi'

const require = createRequire(import.meta.url)
let loaded: typeof Koffi | undefined

/** koffi, loaded when it is first needed: who only asks which engines there are does without its binary. */
export function koffi(): typeof Koffi {
  loaded ??= require('koffi') as typeof Koffi
  return loaded
}
