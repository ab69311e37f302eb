import { readFileSync } from 'node:fs'

/** What python-pickles.py wrote: index of a list is the protocol. */
interface PythonPickles {
  data: string[]
  arrays: string[]
  scalars: string[]
  refused: Record<string, string>
}

export const pythonPickles: PythonPickles = JSON.parse(
  readFileSync(new URL('./python-pickles.json', import.meta.url), 'utf8'),
)

/** What python2-pickles.py wrote, by the module that did; index of a list is the protocol. */
export const python2Pickles: Record<'pickle' | 'cPickle', string[]> = JSON.parse(
  readFileSync(new URL('./python2-pickles.json', import.meta.url), 'utf8'),
)

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
