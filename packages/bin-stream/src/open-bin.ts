import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import {
  isBytes,
  isNumpyArray,
  NUMPY_ITEM_BYTES,
  type NumpyArray,
  type OpenPickle,
  type OpenValue,
  openPickle,
  type PickleBytes,
  PickleError,
} from '@tiny-face/safe-pickle'

const EXPECTED = 'a pickle of (bins, issame_list)'

/** A verification set (layout: read-bin.ts) whose images stay in its file until they are asked for. */
export interface OpenBin {
  /** 2N encoded images, in order; each is valid until the next is asked for. Can be gone through again. */
  images: Iterable<Uint8Array> & {
    readonly length: number
    /** Those of the slots `from` to before `to`. */
    between(from: number, to: number): Iterable<Uint8Array>
  }
  /** Whether pair i, images 2i and 2i + 1, is one person. */
  same: Truths
  /** Closes the file; images cannot be asked for any more. */
  close(): void
}

/** Booleans by their place, as an array's. */
export interface Truths {
  readonly length: number
  at(index: number): boolean | undefined
}

/**
 * Opens a set of any size: memory holds 12 bytes for an image and 4 for a pair. What is no regular file (a pipe) is read whole.
 *
 * @throws DataError for damage, for a pickle that holds anything but data (nothing of it is executed), and for one that is
 *   no verification set, or one without a pair
 */
export function openBin(file: string): OpenBin {
  const fd = openSync(file, 'r')
  try {
    const set = setOf(fstatSync(fd).isFile() ? fd : readFileSync(fd), file)
    return { ...set, close: () => closeSync(fd) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** The set in a pickle, or in the file of a descriptor. */
export function setOf(source: Uint8Array | number, file: string | undefined): Omit<OpenBin, 'close'> {
  return located(file, source, () => {
    const { value, bytesOf } = openPickle(source)
    const [bins, issame] = isSequence(value) && value.length === 2 ? value : []
    if (bins === undefined || !isSequence(bins) || issame === undefined) {
      throw new DataError({ file, offset: 0, expected: EXPECTED, found: kindOf(value) })
    }
    const same = booleans(issame, bytesOf, file)
    if (bins.length !== 2 * same.length) {
      const expected = `${2 * same.length} images for ${same.length} pairs`
      throw new DataError({ file, offset: offsetOf(bins) ?? 0, expected, found: `${bins.length}` })
    }
    if (same.length === 0) {
      throw new DataError({ file, offset: offsetOf(bins) ?? 0, expected: 'at least one pair', found: 'none' })
    }
    checkImages(bins, file)
    const images = {
      length: bins.length,
      *between(from: number, to: number) {
        for (let slot = from; slot < to; slot++) {
          yield located(file, source, () => bytesOf(imageBytes(bins.at(slot)!)!))
        }
      },
      [Symbol.iterator]() {
        return images.between(0, bins.length)
      },
    }
    return { images, same }
  })
}

/** Says in which file a pickle is wrong, and what the file is where it is none. */
function located<T>(file: string | undefined, source: Uint8Array | number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PickleError)) throw error
    const kind = otherKind(source, error)
    if (kind !== undefined) throw new DataError({ file, offset: 0, expected: EXPECTED, found: kind, cause: error })
    const { offset, expected, found } = error
    throw new DataError({ file, offset, expected, found, cause: error })
  }
}

/** A pickle of protocol 0 is a text as well: as such counts only one that already begins with what no pickle does. */
function otherKind(source: Uint8Array | number, { offset, expected }: PickleError): string | undefined {
  const head = source instanceof Uint8Array ? source.subarray(0, KIND_BYTES) : headOf(source)
  const kind = fileKind(head)
  return kind !== 'a text' || (offset <= 1 && expected !== 'plain data') ? kind : undefined
}

function headOf(fd: number): Uint8Array {
  const head = new Uint8Array(KIND_BYTES)
  return head.subarray(0, readSync(fd, head, 0, head.length, 0))
}

/** A list or tuple. */
type Sequence = Iterable<OpenValue> & { readonly length: number; at(index: number): OpenValue | undefined }

function isSequence(value: OpenValue): value is Extract<OpenValue, Sequence> & Sequence {
  return typeof value === 'object' && value !== null && 'at' in value && !(value instanceof Uint8Array)
}

function booleans(issame: OpenValue, bytesOf: OpenPickle['bytesOf'], file: string | undefined): Truths {
  const values = isColumn(issame) ? wholeNumbers(issame, bytesOf(issame.data)) : issame
  if (!isSequence(values)) {
    throw new DataError({ file, offset: offsetOf(issame) ?? 0, expected: 'a list of booleans', found: kindOf(values) })
  }
  let pair = 0
  for (const value of values) {
    const truth = Number(value)
    if ((typeof value !== 'boolean' && typeof value !== 'number') || (truth !== 0 && truth !== 1)) {
      const offset = offsetOf(value) ?? offsetOf(issame) ?? 0
      throw new DataError({ file, offset, expected: `a boolean for pair ${pair}`, found: kindOf(value) })
    }
    pair++
  }
  return { length: values.length, at: pair => (pair < values.length ? Number(values.at(pair)) === 1 : undefined) }
}

/** An array (n,) or (n, 1). */
function isColumn(value: OpenValue): value is NumpyArray<PickleBytes> {
  return isNumpyArray(value) && value.shape.length > 0 && value.shape.every((size, axis) => axis === 0 || size === 1)
}

/** An array's elements, those beyond a byte as NaN; where they are no integers, the array itself. */
function wholeNumbers(array: NumpyArray<PickleBytes>, bytes: Uint8Array): number[] | NumpyArray<PickleBytes> {
  if (array.dtype.startsWith('float')) return array
  const size = NUMPY_ITEM_BYTES[array.dtype]
  return Array.from({ length: array.shape[0]! }, (_, i) => {
    const [first, ...others] = bytes.subarray(i * size, (i + 1) * size)
    return others.some(byte => byte !== 0) ? Number.NaN : first!
  })
}

function checkImages(bins: Sequence, file: string | undefined): void {
  let slot = 0
  for (const bin of bins) {
    if (!imageBytes(bin)?.length) {
      const offset = offsetOf(bin) ?? offsetOf(bins) ?? 0
      throw new DataError({ file, offset, id: slot, expected: 'the bytes of an encoded image', found: kindOf(bin) })
    }
    slot++
  }
}

function imageBytes(bin: OpenValue): PickleBytes | undefined {
  const bytes = isColumn(bin) && bin.dtype === 'uint8' ? bin.data : bin
  return isBytes(bytes) ? bytes : undefined
}

/** Where a value begins in the pickle, or its bytes do, if it is known. */
function offsetOf(value: object | OpenValue): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('offset' in value) return value.offset as number
  return 'data' in value ? offsetOf(value.data as PickleBytes) : undefined
}

function kindOf(value: OpenValue): string {
  if (value === null) return 'None'
  if (isBytes(value)) return `${value.length} bytes`
  if (isNumpyArray(value))
    return `${/^[aeiou]/.test(value.dtype) ? 'an' : 'a'} ${value.dtype} array of shape (${value.shape.join(', ')})`
  if (isSequence(value)) return `a ${Object.isFrozen(value) ? 'tuple' : 'list'} of ${value.length}`
  if (typeof value === 'object') return value instanceof Map ? 'a dict' : 'a set'
  return typeof value === 'string' ? 'a text' : String(value).slice(0, 40)
}
