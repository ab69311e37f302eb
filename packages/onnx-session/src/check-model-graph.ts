/*
 * What is refused of a model before native code sees it. An ONNX file may come from anywhere, and names files to read, says how large
 * things are, and is a program: it must not reach outside its folder, take memory that nothing in it accounts for, or never end.
 */
import { statSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { ModelGraph, ModelNode, ModelTensor } from './read-model-graph.js'

/** Elements of a tensor that a model makes out of nothing but a size written in it: a batch of images has some 10^6. */
export const MAX_MADE_ELEMENTS = 2 ** 26
/** Turns of a loop whose number is written in the model. */
export const MAX_LOOP_TURNS = 2 ** 20

/** Bits of an element by its type's number (TensorProto.DataType). Texts, 8, have no size. */
const ELEMENT_BITS: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
}
const TEXT = 8

/** Operators whose output is as large as some of their inputs say: which inputs. */
const SAYS_SIZE: ReadonlyMap<string, readonly number[]> = new Map([
  ['ConstantOfShape', [0]],
  ['Expand', [1]],
  ['Tile', [1]],
  ['Pad', [1]],
  ['Range', [1]],
  ['OneHot', [1]],
  ['Resize', [2, 3]],
  ['Upsample', [1]],
])

/**
 * Checks sizes, and the files that weights lie in.
 *
 * @param file the model's, for messages
 * @param path where the model lies; undefined where only its bytes are given: then no weights can lie beside it
 * @returns the files beside the model that hold weights
 * @throws DataError that names the tensor or node, what was expected and what was found
 */
export function checkModelGraph(graph: ModelGraph, file: string, path: string | undefined): string[] {
  const beside = new Map<string, number>()
  for (const tensor of [...graph.constants.values(), ...graph.others]) {
    const bytes = bytesOf(tensor, file)
    if (tensor.external !== undefined) checkExternal(tensor, bytes, { file, path, beside })
    else if (tensor.rawBytes !== undefined && bytes !== undefined && tensor.rawBytes !== bytes)
      throw wrong(file, tensor, `${bytes} bytes for [${tensor.shape.join(', ')}]`, `${tensor.rawBytes}`)
    else if (tensor.rawBytes === undefined && !tensor.listed && bytes !== undefined && bytes > 0)
      throw wrong(file, tensor, `${bytes} bytes for [${tensor.shape.join(', ')}]`, 'none')
  }
  const made = constantsOf(graph)
  for (const node of [...graph.nodes, ...graph.innerNodes]) checkNode(node, made, file)
  return [...beside.keys()]
}

/** The size of a tensor's data; undefined for texts and types that are not known. */
function bytesOf(tensor: ModelTensor, file: string): number | undefined {
  const { shape, type, sparse } = tensor
  const negative = shape.find(extent => extent < 0)
  if (negative !== undefined) throw wrong(file, tensor, 'extents of at least 0', `${negative}`)
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (!Number.isSafeInteger(8 * size)) throw wrong(file, tensor, 'a size that can be', `[${shape.join(', ')}]`)
  // onnxruntime makes a sparse tensor dense as it loads it.
  if (sparse && size > MAX_MADE_ELEMENTS)
    throw wrong(file, tensor, `at most ${MAX_MADE_ELEMENTS} elements of a sparse tensor`, `[${shape.join(', ')}]`)
  const bits = ELEMENT_BITS[type]
  if (bits === undefined && type !== TEXT) throw wrong(file, tensor, 'an element type of ONNX', `number ${type}`)
  return bits === undefined || sparse ? undefined : Math.ceil((size * bits) / 8)
}

interface Place {
  file: string
  path: string | undefined
  /** Files that were found beside the model, and their sizes. */
  beside: Map<string, number>
}

function checkExternal(tensor: ModelTensor, bytes: number | undefined, { file, path, beside }: Place): void {
  const { location = '', offset = '0', length } = tensor.external!
  if (path === undefined)
    throw wrong(file, tensor, 'weights within the model, of which only the bytes are given', `weights in ${location}`)
  const local = normalize(location)
  // The last two are a path of Windows, wherever this runs.
  if (location === '' || local.startsWith('/') || local.split(sep)[0] === '..' || /^[a-z]:|\\/i.test(location))
    throw wrong(file, tensor, "weights in a file of the model's folder", `${JSON.stringify(location)}`)
  for (const [name, text] of [
    ['offset', offset],
    ['length', length],
  ] as const)
    if (text !== undefined && !(/^\d+$/.test(text) && Number.isSafeInteger(Number(text))))
      throw wrong(file, tensor, `a whole number for the ${name} of its data`, JSON.stringify(text))
  const data = join(dirname(path), local)
  const size = beside.get(data) ?? sizeOf(data, tensor, file)
  beside.set(data, size)
  const wanted = bytes ?? Number(length ?? 0)
  if (length !== undefined && bytes !== undefined && Number(length) !== bytes)
    throw wrong(file, tensor, `${bytes} bytes for [${tensor.shape.join(', ')}]`, `a length of ${length}`)
  if (Number(offset) + wanted > size)
    throw wrong(file, tensor, `${wanted} bytes from byte ${offset} of ${data}`, `a file of ${size}`)
}

function sizeOf(data: string, tensor: ModelTensor, file: string): number {
  const stat = statSync(data, { throwIfNoEntry: false })
  if (stat?.isFile()) return stat.size
  const found = stat === undefined ? 'no such file' : 'no file of that name'
  throw wrong(file, tensor, `its weights in ${data}, beside the model`, found)
}

/** Small constants by the name of their value: initializers, and outputs of Constant nodes. */
function constantsOf({ nodes, innerNodes, constants }: ModelGraph): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, readonly number[]>()
  for (const [name, tensor] of constants) if (tensor.values) values.set(name, tensor.values)
  for (const { op, outputs, tensors, integers } of [...nodes, ...innerNodes]) {
    if (op !== 'Constant' || outputs[0] === undefined) continue
    const found = tensors.value?.values ?? integers.value_ints ?? integers.value_int
    if (found) values.set(outputs[0], found)
  }
  return values
}

function checkNode(node: ModelNode, constants: ReadonlyMap<string, readonly number[]>, file: string): void {
  const { op, inputs, outputs } = node
  const refuse = (expected: string, found: string) =>
    new DataError({ file, message: `node ${op} of ${outputs.join(', ')}`, expected, found })
  if (op === 'Loop') {
    const turns = inputs[0] === '' || inputs[0] === undefined ? undefined : constants.get(inputs[0])
    if (inputs[0] === '' || inputs[0] === undefined) throw refuse('a loop that ends', 'one without a number of turns')
    if (turns && turns[0]! > MAX_LOOP_TURNS) throw refuse(`at most ${MAX_LOOP_TURNS} turns`, `${turns[0]}`)
  }
  for (const input of SAYS_SIZE.get(op) ?? []) {
    const sizes = constants.get(inputs[input] ?? '') ?? []
    const size = sizes.reduce((product, extent) => product * Math.max(1, Math.abs(extent)), 1)
    if (size > MAX_MADE_ELEMENTS) throw refuse(`at most ${MAX_MADE_ELEMENTS} elements`, `[${sizes.join(', ')}]`)
  }
}

function wrong(file: string, { name, offset }: ModelTensor, expected: string, found: string): DataError {
  return new DataError({ file, offset, message: `weights ${JSON.stringify(name)}`, expected, found })
}
