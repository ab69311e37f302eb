/*
 * TensorFlow.js's weights manifest (tfjs-core, src/io/types.ts: WeightsManifestConfig; src/io/io_utils.ts: decodeWeights), a file of JSON, by
 * custom NAME-weights_manifest.json:
 *
 *     [{"paths": ["NAME.bin", …],            files in the manifest's folder; what follows lies in all of them as if they were one
 *       "weights": [{"name": "conv/filters",
 *                    "shape": [3, 3, 32, 64],
 *                    "dtype": "float32",     or int32, bool; tensors lie one after another without gaps, little-endian, row by row
 *                    "quantization": {"dtype": "uint8", "scale": 0.01, "min": -1.2}}, …]}, …]
 *
 * Where there is a quantization, its dtype is what lies in the file, and a value is what lies there times scale plus min; of float16 it is the
 * number itself.
 */
import { list, number, objectWith, oneOf, optional, parseJson, text } from '@tiny-face/checked-json'
import { DataError } from '@tiny-face/safe-files'
import type { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES, type NumberType, toFloat32 } from '../number-types.js'
import { openBeside } from '../open-beside.js'
import { numbersOf } from '../tensor-shape.js'
import { noSuchTensor, type TensorInfo, type WeightFile } from '../weight-file.js'
import { MAX_MANIFEST_BYTES, MAX_SHARDS, MAX_TENSOR_NAME_BYTES, MAX_TENSORS } from '../weight-limits.js'

const QUANTIZATION = objectWith({
  dtype: oneOf(['uint8', 'uint16', 'float16']),
  scale: optional(number()),
  min: optional(number()),
})
const WEIGHTS = objectWith({
  name: text,
  shape: list(number()),
  dtype: oneOf(['float32', 'int32', 'bool']),
  quantization: optional(QUANTIZATION),
})
const MANIFEST = list(objectWith({ paths: list(text), weights: list(WEIGHTS) }))

interface StoredTensor extends TensorInfo {
  readonly files: JoinedFiles
  readonly start: number
  readonly length: number
  readonly scale: number
  readonly min: number
}

/**
 * The tensors that a manifest names.
 *
 * @throws DataError where the manifest is none, a file of it is missing or of another size, or a tensor's type is not read here
 */
export function openTfjs(bytes: FileBytes): WeightFile {
  const { file, size } = bytes
  if (size > MAX_MANIFEST_BYTES) throw bytes.error(0, `a manifest of at most ${MAX_MANIFEST_BYTES} bytes`, `${size}`)
  const groups = parseJson(bytes.read(0, size, 'the manifest').toString(), MANIFEST, { file })
  const opened: FileBytes[] = []
  const tensors = new Map<string, StoredTensor>()
  const close = () => {
    for (const part of [bytes, ...opened]) part.close()
  }
  try {
    for (const { paths, weights } of groups) {
      if (opened.length + paths.length > MAX_SHARDS)
        throw new DataError({ file, expected: `at most ${MAX_SHARDS} files`, found: 'more' })
      const parts: FileBytes[] = []
      for (const path of paths) {
        parts.push(openBeside(file, path, "files in the manifest's folder"))
        opened.push(parts.at(-1)!)
      }
      addTensors(tensors, file, new JoinedFiles(parts), weights)
    }
  } catch (error) {
    for (const part of opened) part.close()
    throw error
  }
  return {
    file,
    format: 'tfjs',
    tensors,
    read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw noSuchTensor(file, name)
      const { files, start, length, type, scale, min } = tensor
      const values = toFloat32(files.read(start, length, name), type)
      if (scale !== 1 || min !== 0) for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale + min
      return values
    },
    close,
  }
}

function addTensors(
  tensors: Map<string, StoredTensor>,
  file: string,
  files: JoinedFiles,
  weights: readonly {
    name: string
    shape: readonly number[]
    dtype: NumberType
    quantization?: { dtype: NumberType; scale?: number; min?: number }
  }[],
): void {
  let start = 0
  for (const { name, shape, dtype, quantization } of weights) {
    const fault = (expected: string, found: string): never => {
      throw new DataError({ file, expected: `tensor ${JSON.stringify(name.slice(0, 100))}: ${expected}`, found })
    }
    if (tensors.size >= MAX_TENSORS)
      throw new DataError({ file, expected: `at most ${MAX_TENSORS} tensors`, found: 'more' })
    if (Buffer.byteLength(name) > MAX_TENSOR_NAME_BYTES)
      fault(`a name of at most ${MAX_TENSOR_NAME_BYTES} bytes`, 'more')
    if (tensors.has(name)) fault('one of that name', 'two')
    const { dtype: type = dtype, scale, min } = quantization ?? {}
    if (quantization !== undefined && type !== 'float16' && (scale === undefined || min === undefined))
      fault('a scale and a min of its quantization', 'none')
    const length = numbersOf(shape, fault) * NUMBER_BYTES[type]
    if (start + length > files.size) fault(`${length} bytes from byte ${start} of its files`, `${files.size} in all`)
    tensors.set(name, { shape, type, files, start, length, scale: scale ?? 1, min: min ?? 0 })
    start += length
  }
  if (start !== files.size)
    throw new DataError({ file, expected: `${start} bytes of tensors in ${files.names}`, found: `${files.size}` })
}

/** Files as if they were one: a tensor may begin in one and end in the next. */
class JoinedFiles {
  readonly #parts: readonly FileBytes[]
  readonly size: number

  constructor(parts: readonly FileBytes[]) {
    this.#parts = parts
    this.size = parts.reduce((sum, { size }) => sum + size, 0)
  }

  get names(): string {
    return this.#parts
      .map(({ file }) => file)
      .join(', ')
      .slice(0, 200)
  }

  read(start: number, length: number, what: string): Buffer {
    const pieces: Buffer[] = []
    let before = 0
    for (const part of this.#parts) {
      const from = Math.max(start - before, 0)
      const to = Math.min(start + length - before, part.size)
      if (from < to) pieces.push(part.read(from, to - from, what))
      before += part.size
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }
}
