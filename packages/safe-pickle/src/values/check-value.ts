import type { PickleMachine } from '../machine/pickle-machine.js'
import { DialectValue } from '../pickle-dialect.js'
import { PickleError } from '../pickle-error.js'
import { MAX_DEPTH } from '../pickle-limits.js'
import { PackedList } from './packed-list.js'
import { isBytes } from './pickle-value.js'
import { describe, type Item, PickleGlobal } from './stack-item.js'

type Container = Item[] | PackedList<Item> | Map<Item, Item> | Set<Item>

/**
 * Checks that a value holds no global and no dtype, does not contain itself, and is at most MAX_DEPTH containers deep, all the
 * way down.
 *
 * @throws {PickleError} at the list, dict or set that holds what should not be there
 */
export function checkValue(machine: PickleMachine, root: Item): void {
  const heights = new Map<object, number>() // containers seen; 0 while one is open

  /** How deep a value is, when `depth` containers are around it; the last of them that can hold itself was made at `offset`. */
  function heightOf(item: Item, depth: number, offset: number): number {
    if (typeof item !== 'object' || item === null || isBytes(item)) return 0
    if (!isContainer(item)) {
      if ('shape' in item || item instanceof DialectValue) return 0
      if (item instanceof PickleGlobal && machine.dialect?.globals.has(item.name)) return 0
      throw new PickleError(offset, 'plain data', `${describe(item)} as a value`)
    }
    let height = heights.get(item)
    if (height === 0) throw new PickleError(offset, 'a value that ends', `${describe(item)} inside itself`)
    if (depth + (height ?? 1) > MAX_DEPTH) {
      throw new PickleError(offset, `containers at most ${MAX_DEPTH} deep`, 'deeper ones')
    }
    if (height !== undefined) return height
    heights.set(item, 0)
    height = 1
    const inside = machine.born.get(item) ?? offset
    for (const child of childrenOf(item)) height = Math.max(height, 1 + heightOf(child, depth + 1, inside))
    heights.set(item, height)
    return height
  }

  heightOf(root, 0, machine.input.opcodeOffset)
}

function isContainer(item: object): item is Container {
  return Array.isArray(item) || item instanceof PackedList || item instanceof Map || item instanceof Set
}

function* childrenOf(container: Container): Iterable<Item> {
  if (container instanceof Map) yield* container.keys()
  if (container instanceof PackedList) yield* container.unpackedItems()
  else yield* container.values()
}
