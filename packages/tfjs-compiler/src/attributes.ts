/** Reading a graph node's attributes, with an error that names the kernel where one is missing or of another type. */
import type { GraphNode } from './graph/graph.js'

export function numberOf(node: GraphNode, name: string, fallback?: number): number {
  const value = node.attributes[name] ?? fallback
  if (typeof value !== 'number')
    throw new Error(`${node.op}: attribute ${name} should be a number, found ${String(value)}`)
  return value
}

export function flagOf(node: GraphNode, name: string): boolean {
  return node.attributes[name] === true
}

/** A number or a list as a list; null where it is absent. */
export function numbersOf(node: GraphNode, name: string): number[] | null {
  const value = node.attributes[name]
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return [value]
  if (Array.isArray(value)) return value.map(Number)
  throw new Error(`${node.op}: attribute ${name} should be a list of numbers, found ${String(value)}`)
}

/** The same, where it must be there. */
export function listOf(node: GraphNode, name: string): number[] {
  const values = numbersOf(node, name)
  if (!values) throw new Error(`${node.op}: attribute ${name} is missing`)
  return values
}

/** A number or a pair as a pair. */
export function pairOf(node: GraphNode, name: string, fallback: number): [number, number] {
  const [height, width] = numbersOf(node, name) ?? [fallback]
  return [height!, width ?? height!]
}
