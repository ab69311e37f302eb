/** The printer: one line for each input, constant, node and output. */

import type { Attribute, Attributes, ConstantData, DType, Graph, Value } from './graph.js'

const SHORT: Record<DType, string> = { float32: 'f32', int32: 'i32', bool: 'bool' }

/**
 * The graph as text, `b:f32[16,112,112,64] = Conv2D(x, w) {strides: 1}`. Inputs carry their names, other values letters in
 * order of appearance; scalar constants stand where they are used.
 *
 * @param note what a target adds to a value's type, `@nchw` say
 */
export function printGraph(graph: Graph, note: (value: Value) => string = () => ''): string {
  const extent = (value: number) => extentText(value, graph.batch)
  const names = new Map<Value, string>([...graph.inputs].map(([name, value]) => [value, name]))
  const taken = new Set(graph.inputs.keys())
  let count = 0
  const name = (value: Value) => {
    let letters = ''
    do letters = toLetters(count++)
    while (taken.has(letters))
    names.set(value, letters)
    return typed(letters, value, extent) + note(value)
  }
  const nameOf = (value: Value) => names.get(value) ?? '?'
  const lines = [...graph.inputs].map(([input, value]) => `input ${typed(input, value, extent)}${note(value)}`)
  for (const [value, data] of graph.constants) {
    if (value.shape.length === 0) names.set(value, scalar(data, value.dtype))
    else lines.push(`constant ${name(value)} = ${summary(data)}`)
  }
  for (const { op, inputs, outputs, attributes } of graph.nodes) {
    const operands = inputs.map(nameOf).join(', ')
    lines.push(`${outputs.map(name).join(', ')} = ${op}(${operands})${printAttributes(attributes, extent)}`)
  }
  return [...lines, ...[...graph.outputs].map(([output, value]) => `output ${output} = ${nameOf(value)}`)].join('\n')
}

function typed(name: string, { shape, dtype }: Value, extent: (extent: number) => string): string {
  return `${name}:${SHORT[dtype]}[${shape.map(extent)}]`
}

/** `batch`, `2 batch` or a number. */
function extentText(extent: number, batch?: number): string {
  if (batch === undefined || extent === 0 || extent % batch !== 0) return String(extent)
  return extent === batch ? 'batch' : `${extent / batch} batch`
}

function toLetters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26))
  return index < 26 ? last : toLetters(Math.floor(index / 26) - 1) + last
}

function scalar(data: ConstantData, dtype: DType): string {
  if (dtype === 'bool') return data[0] ? 'true' : 'false'
  return dtype === 'float32' ? shortest(data[0]!) : `${data[0]}:${SHORT[dtype]}`
}

/** The shortest decimal that rounds to the same float32: 0.1 and not 0.10000000149011612. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)))
    if (Object.is(Math.fround(Number(text)), value)) return text
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

const MAX_PRINTED_ELEMENTS = 8

function summary(data: ConstantData): string {
  const shown = Array.from(data.subarray(0, MAX_PRINTED_ELEMENTS), item => shortest(item)).join(', ')
  return `[${shown}${data.length > MAX_PRINTED_ELEMENTS ? ', …' : ''}]`
}

function printAttributes(attributes: Attributes, extent: (extent: number) => string): string {
  const entries = Object.entries(attributes)
  if (entries.length === 0) return ''
  return ` {${entries.map(([key, value]) => `${key}: ${printAttribute(value, extent)}`).join(', ')}}`
}

function printAttribute(value: Attribute, extent: (extent: number) => string): string {
  if (Array.isArray(value)) return `[${value.map(item => printAttribute(item, extent)).join(',')}]`
  return typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0) ? extent(value) : String(value)
}
