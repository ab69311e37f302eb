import { copyFileSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataError } from '@tiny-face/safe-files'
import type { Test } from 'tap'
import { openWeights } from '../src/index.js'

/** Files that the real programs wrote: tools/peers/weight-fixtures-*.py. */
export const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

type Values = Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>

/** What the program says is in the file. */
export const expectedOf = (name: string) => JSON.parse(readFileSync(fixture(name), 'utf8')) as Values

/** Every tensor of a file has the shape and the values that its program gave it, to the bit. */
export async function checkTensors(t: Test, path: string, expected: Values): Promise<void> {
  const file = await openWeights(path)
  t.strictSame([...file.tensors.keys()].sort(), Object.keys(expected).sort())
  for (const [name, { shape, values }] of Object.entries(expected)) {
    t.strictSame(file.tensors.get(name)?.shape, shape, name)
    t.strictSame([...file.read(name)], values.map(Math.fround), name)
  }
  file.close()
}

/** A folder of a test's own with copies of fixtures. */
export function copies(t: Test, ...names: string[]): string {
  const folder = t.testdir()
  for (const name of names) copyFileSync(fixture(name), join(folder, basename(name)))
  return folder
}

/** Opens a file and reads all of it. */
export async function readAll(path: string): Promise<Map<string, Float32Array>> {
  const file = await openWeights(path)
  try {
    return new Map([...file.tensors.keys()].map(name => [name, file.read(name)]))
  } finally {
    file.close()
  }
}

/** One line that says what is wrong, or what was read. Anything but a DataError is thrown. */
export async function outcome(path: string): Promise<string | Map<string, Float32Array>> {
  try {
    return await readAll(path)
  } catch (error) {
    if (!(error instanceof DataError) || error.message.includes('\n')) throw error
    return error.message
  }
}
