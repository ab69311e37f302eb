import { type DataMap, type Pair, type Tensor, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { euclideanNorm, faceTemplate } from './face-template.js'

/** A face, measured. */
export interface MeasuredFace {
  template: Float64Array
  /** Length of the raw embedding, and of its mirror image's where there is one. */
  norm: number
  flippedNorm: number | undefined
}

/** One side of a pair, measured. */
export interface MeasuredRecord extends Pair, MeasuredFace {}

/** What makes of an embedding, and of its mirror image's where there is one, what stands for the face when it is compared. */
export type TemplateOf = (embedding: ArrayLike<number>, flipped?: ArrayLike<number>) => Float64Array

/**
 * Measures one record: its place among the pairs, its template, the lengths of its raw embeddings.
 *
 * @throws DataError where `pair` or `embedding` is missing or malformed, and where an embedding has no direction: a number
 *   that is not finite, or nothing but zeros, alone or after the mirror image's is added
 */
export function measureRecord(record: DataMap, templateOf: TemplateOf = faceTemplate): MeasuredRecord {
  const { index, side, same } = pairOf(record)
  const { template, norm, flippedNorm } = measureFace(record, templateOf)
  return { index, side, same, template, norm, flippedNorm }
}

/** The same of a face alone, whatever pair it belongs to. */
export function measureFace(record: DataMap, templateOf: TemplateOf = faceTemplate): MeasuredFace {
  const embedding = vectorOf('embedding', record.embedding, 'put arcface-embed before this command')
  const flipped = record.flipped === undefined ? undefined : vectorOf('flipped', record.flipped)
  if (flipped !== undefined && flipped.length !== embedding.length) {
    throw new DataError({
      expected: `flipped of the embedding's size, ${embedding.length}`,
      found: `${flipped.length}`,
    })
  }
  const template = templateOf(embedding, flipped)
  if (flipped !== undefined && template.every(value => value === 0)) {
    throw new DataError({
      message: 'embedding and flipped cancel out: their sum is all zeros and cannot be normalised',
    })
  }
  const norm = euclideanNorm(embedding)
  return { template, norm, flippedNorm: flipped && euclideanNorm(flipped) }
}

function pairOf(record: DataMap): Pair {
  // The stream is another program's: its types are a claim.
  const pair: unknown = record.pair
  if (pair === undefined) {
    throw new DataError({ message: 'no pair: bin-dump and record-pairs say which records make a pair' })
  }
  const { index, side, same } = (typeof pair === 'object' && pair !== null ? pair : {}) as Record<string, unknown>
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) {
    if ((side === 0 || side === 1) && typeof same === 'boolean') return { index, side, same }
  }
  throw new DataError({
    expected: 'a pair of index (a whole number), side (0 or 1) and same (true or false)',
    found: describe(pair),
  })
}

function vectorOf(field: 'embedding' | 'flipped', tensor: Tensor | undefined, hint?: string): Float32Array {
  if (tensor === undefined)
    throw new DataError({ message: hint === undefined ? `no ${field}` : `no ${field}: ${hint}` })
  const wanted = `${field} to be a float32 tensor of shape [size]`
  const { dtype, shape, data } = (typeof tensor === 'object' && tensor !== null ? tensor : {}) as Partial<Tensor>
  const isTensor = Array.isArray(shape) && shape.every(Number.isSafeInteger) && data instanceof Uint8Array
  if (!isTensor) throw new DataError({ expected: wanted, found: describe(tensor) })
  if (dtype !== 'float32' || shape.length !== 1 || shape[0]! < 1) {
    throw new DataError({ expected: wanted, found: `${String(dtype)} of shape [${shape.join(', ')}]` })
  }
  const vector = alignedValues(field, tensor, data)
  let zeros = 0
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i]!
    if (value === 0) zeros++
    else if (!Number.isFinite(value))
      throw new DataError({ expected: `finite numbers in ${field}`, found: `${value} at [${i}]` })
  }
  if (zeros === vector.length)
    throw new DataError({ message: `${field} is all zeros: it has no direction and cannot be normalised` })
  return vector
}

const aligned: Record<'embedding' | 'flipped', Float32Array> = {
  embedding: new Float32Array(0),
  flipped: new Float32Array(0),
}

/** The values of a tensor, copied to where they are aligned, which the stream's own bytes seldom are; valid until the next record. */
function alignedValues(field: 'embedding' | 'flipped', tensor: Tensor, data: Uint8Array): Float32Array {
  const values = aligned[field]
  if (data.byteLength === values.byteLength && tensor.shape[0] === values.length) {
    new Uint8Array(values.buffer).set(data)
    return values
  }
  aligned[field] = tensorValues({ ...tensor, data: new Uint8Array(data) }) as Float32Array
  return aligned[field]
}

/** A value of a foreign program, for a message. */
export function describe(value: unknown): string {
  const text =
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)) ?? typeof value
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
