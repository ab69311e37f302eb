/* Weights that are a function of their tensors' names, the same as in tools/peers/import_fixture.py, which has no TensorFlow.js. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { NormSettings, WeightFile, WeightFormat } from '@tiny-face/weight-files'

/** A network of a real framework with such weights, and what it made of the images. */
export interface ImportFixture {
  readonly from: string
  readonly network: string
  readonly norms: Readonly<Record<string, NormSettings>>
  readonly tensors: Readonly<Record<string, readonly number[]>>
  readonly embeddings: Float32Array
}

export const IMAGES = 2

export function readFixture(name: string): ImportFixture {
  const json = JSON.parse(readFileSync(new URL(`../fixtures/import/${name}.json`, import.meta.url), 'utf8'))
  const bytes = Uint8Array.from(Buffer.from(json.embeddings, 'base64'))
  return { ...json, embeddings: new Float32Array(bytes.buffer) }
}

/** A file that holds these tensors. */
export function generatedFile({ tensors, norms }: ImportFixture, format: WeightFormat): WeightFile {
  return {
    file: 'generated',
    format,
    tensors: new Map(Object.entries(tensors).map(([name, shape]) => [name, { shape, type: 'float32' }])),
    norms: new Map(Object.entries(norms)),
    read: name => valuesOf(name, tensors[name]!),
    close() {},
  }
}

/** Pixels 0 to 255, `[images, size, size, 3]` RGB. */
export function generatedImages(size = 112): Uint8Array {
  return Uint8Array.from(uniform('images', IMAGES * size * size * 3), value => 256 * value)
}

/** A tensor's values. */
export function valuesOf(name: string, shape: readonly number[]): Float32Array {
  if (/(running|moving)_var$/.test(name)) return generated(name, shape, 0.5, 2)
  if (shape.length > 1) {
    const inputs = /(\/filters|^fc)$/.test(name) ? shape.slice(0, -1) : shape.slice(1)
    const bound = 1.4 * Math.sqrt(3 / inputs.reduce((product, extent) => product * extent, 1))
    return generated(name, shape, -bound, bound)
  }
  return /(\.weight|_gamma|scale\/weights)$/.test(name)
    ? generated(name, shape, 0.5, 1.5)
    : generated(name, shape, -0.25, 0.25)
}

function generated(name: string, shape: readonly number[], low: number, high: number): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1)
  return Float32Array.from(uniform(name, count), value => low + (high - low) * value)
}

function uniform(name: string, count: number): Float64Array {
  const values = new Float64Array(count)
  let state = createHash('sha256').update(name).digest().readUInt32LE()
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    values[i] = (state >>> 8) / 2 ** 24
  }
  return values
}

/** |found - expected| / |expected| */
export function relativeError(found: Float32Array, expected: Float32Array): number {
  let [difference, length] = [0, 0]
  for (const [i, value] of expected.entries()) {
    difference += (found[i]! - value) ** 2
    length += value ** 2
  }
  return Math.sqrt(difference / length)
}
