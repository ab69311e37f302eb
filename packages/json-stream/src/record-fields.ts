import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { fromJson, numbersTensor, shown } from './json-values.js'

/** Fields that hold a tensor; of a plain array of numbers, as other programs write it, they become float32. */
const TENSORS = ['label', 'embedding', 'flipped']
const BYTES = ['image', 'payload', 'example']

/**
 * The fields of a record from a parsed JSON object. The fields that the record stream defines must be what it says; all
 * others are taken as they are.
 *
 * @throws DataError that names the field
 */
export function recordFields(object: object): DataMap {
  const fields = Object.entries(object).map(([name, json]) => {
    try {
      const value = TENSORS.includes(name) && Array.isArray(json) ? numbersTensor('float32', json) : fromJson(json, 2)
      checkField(name, value)
      return [name, value] as const
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      const message = `field ${JSON.stringify(name)}`
      throw new DataError({ ...error.fault, message })
    }
  })
  return Object.fromEntries(fields)
}

function checkField(name: string, value: unknown): void {
  if (name === 'begin' || name === 'end') throw wrong('another name: a record stream begins and ends with it', value)
  if (BYTES.includes(name) && !(value instanceof Uint8Array)) throw wrong('{"base64": "…"}', value)
  if (name === 'id' && !isInteger(value) && typeof value !== 'string') throw wrong('a whole number or a string', value)
  if (name === 'label' && typeof value !== 'number' && !isInteger(value) && !isTensor(value)) {
    throw wrong('a number or an array of numbers', value)
  }
}

function wrong(expected: string, value: unknown): DataError {
  return new DataError({ expected, found: shown(value) })
}

function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) || typeof value === 'bigint'
}

function isTensor(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'dtype' in value && 'shape' in value && 'data' in value
}
