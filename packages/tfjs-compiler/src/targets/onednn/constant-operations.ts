/** What depends on constants alone (the copies of weights, while embedding) is computed once, not in every step. */
import type { Operation } from './builder.js'
import type { Storage } from './memory-plan.js'

/**
 * The operations that read only `constants` or what such operations made, and whose result no other writes to. Their results must be
 * kept.
 */
export function constantOperations(
  operations: readonly Operation[],
  constants: ReadonlySet<Storage>,
  scratchpad: Storage,
): { readonly once: ReadonlySet<Operation>; readonly kept: ReadonlySet<Storage> } {
  const writers = new Map<Storage, number>()
  for (const storage of operations.flatMap(({ writes }) => writes))
    writers.set(storage, (writers.get(storage) ?? 0) + 1)
  const known = new Set(constants)
  const once = new Set<Operation>()
  const kept = new Set<Storage>()
  for (const operation of operations) {
    const writes = operation.writes.filter(storage => storage !== scratchpad)
    if (operation.reads.length === 0 || !operation.reads.every(storage => known.has(storage))) continue
    if (writes.length === 0 || !writes.every(storage => writers.get(storage) === 1)) continue
    once.add(operation)
    for (const storage of writes) {
      known.add(storage)
      kept.add(storage)
    }
  }
  return { once, kept }
}
