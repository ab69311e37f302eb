/**
 * A trace for a batch of any size. tfjs knows numbers only, so one stands for the batch; which extents hold the batch is known by
 * tracing with two such numbers: those that grow with it.
 */

import type { Attribute, ConstantData, Graph, Value } from '../graph/graph.js'

/** Stand-ins, tried one after the other: none of the extents that stay may be a multiple. */
const PRIMES = [7919, 7927, 7933, 7937, 7949, 7951] as const

/** @throws Error that names a kernel which depends on the size of the batch in another way than by its shapes */
export function anyBatch(traceWith: (batch: number) => Graph): Graph {
  for (const [index, batch] of PRIMES.slice(0, -1).entries()) {
    const other = PRIMES[index + 1]!
    const graph = traceWith(batch)
    if (!new Comparison(batch, other).clash(graph, traceWith(other))) return { ...graph, batch }
  }
  throw new Error(`every one of ${PRIMES.join(', ')} divides an extent of the traced function`)
}

class Comparison {
  readonly #batch: number
  readonly #other: number
  #clash = false

  constructor(batch: number, other: number) {
    this.#batch = batch
    this.#other = other
  }

  /** Whether an extent that stays is a multiple of the batch by chance. */
  clash(graph: Graph, other: Graph): boolean {
    const [kernels, others] = [graph, other].map(({ nodes }) => nodes.map(({ op }) => op).join())
    if (kernels !== others) throw new Error('the traced function calls other kernels for other sizes of the batch')
    for (const [name, value] of graph.inputs) this.#shape(`input ${name}`, value, other.inputs.get(name)!)
    for (const [index, node] of graph.nodes.entries()) {
      const what = node.source === undefined ? node.op : `${node.op} (recorded by tf.${node.source})`
      const twin = other.nodes[index]!
      for (const [place, value] of node.outputs.entries()) this.#shape(what, value, twin.outputs[place]!)
      for (const [name, value] of Object.entries(node.attributes))
        this.#attribute(`${what}: ${name}`, value, twin.attributes[name])
    }
    const constants = [...other.constants.values()]
    for (const [index, data] of [...graph.constants.values()].entries())
      if (!sameData(data, constants[index])) throw new Error('a constant depends on the size of the batch')
    return this.#clash
  }

  #shape(what: string, { shape }: Value, other: Value): void {
    for (const [axis, extent] of shape.entries()) this.#number(`${what}: an extent`, extent, other.shape[axis]!)
  }

  #attribute(what: string, value: Attribute, other: Attribute): void {
    if (typeof value === 'number') this.#number(what, value, other as number)
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) this.#attribute(what, item, (other as Attribute[])[index])
  }

  #number(what: string, value: number, other: number): void {
    const factor = value / this.#batch
    const isMultiple = Number.isInteger(factor) && value !== 0
    if (Object.is(value, other)) this.#clash ||= isMultiple
    else if (!isMultiple || factor !== other / this.#other)
      throw new Error(`${what} depends on the size of the batch, but is no multiple of it`)
  }
}

function sameData(data: ConstantData, other: ConstantData | undefined): boolean {
  return data.length === other?.length && data.every((item, index) => Object.is(item, other[index]))
}
