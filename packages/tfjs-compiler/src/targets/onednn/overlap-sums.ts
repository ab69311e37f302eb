/**
 * Sums over ranks that begin as soon as what they add up is computed: the gradients of the last layers travel while those of the first are still
 * computed. Done where ranks are on several machines; on one, a sum is work of the same processors.
 */
import { type BackgroundSums, currentJob, type Stretch, type WireType } from '@tiny-face/mpi-session'
import type { Operation, StepMemory } from './builder.js'
import { aligned, type Storage } from './memory-plan.js'

/** What travels in one call: large enough that calls cost little, small enough that the last, which nothing hides, is short. */
const BUCKET_BYTES = 2 ** 20

/** Sums that may begin before their operation, in place; the memory of each lasts. */
export interface EarlySums {
  readonly storages: readonly Storage[]
  readonly wire: WireType
}

/**
 * The operations with those that begin each sum put behind the last that touches its numbers; what waits for the sums stays where they were.
 *
 * @param operations in their order; those that sum say so by `early`, and do all that is to be done beside
 */
export function overlapSums(operations: readonly Operation[]): Operation[] {
  const behind = new Map<number, Operation[]>()
  const instead = new Map<Operation, Operation>()
  for (const [at, operation] of operations.entries()) {
    const { early } = operation
    if (early === undefined) continue
    const buckets = bucketsOf(early.storages)
      .map(bucket => ({ ...bucket, ready: lastTouch(operations, at, bucket) }))
      .sort((a, b) => a.ready - b.ready || b.offset - a.offset)
    const sums = onceAMemory(memory => {
      const stretches = buckets.map(bucket => stretchOf(memory, bucket))
      const started = currentJob().backgroundSums(stretches, early.wire)
      memory.atEnd(() => started.close())
      return started
    })
    for (const { ready, whole } of buckets) {
      const begin: Operation = {
        name: 'begin sum',
        reads: [whole],
        writes: [whole],
        bind: memory => {
          const { begin } = sums(memory)
          return begin
        },
      }
      behind.set(ready, [...(behind.get(ready) ?? []), begin])
    }
    instead.set(operation, {
      ...operation,
      bind: memory => {
        const { finish } = sums(memory)
        const others = operation.bind(memory)
        return () => {
          others()
          finish()
        }
      },
    })
  }
  return operations.flatMap((operation, at) => [instead.get(operation) ?? operation, ...(behind.get(at) ?? [])])
}

interface Bucket {
  readonly whole: Storage
  readonly offset: number
  readonly bytes: number
}

/** Neighbours together, from the last of a stretch: that is where the backward pass begins. */
function bucketsOf(storages: readonly Storage[]): Bucket[] {
  const buckets: Bucket[] = []
  const inOrder = storages.toSorted((a, b) => b.within!.offset - a.within!.offset)
  for (const whole of new Set(inOrder.map(({ within }) => within!.whole))) {
    let open: Bucket | undefined
    for (const { within, bytes } of inOrder) {
      if (within!.whole !== whole) continue
      const next = { whole, offset: within!.offset, bytes: aligned(bytes) }
      if (open && open.bytes < BUCKET_BYTES && next.offset + next.bytes === open.offset)
        open = { ...next, bytes: next.bytes + open.bytes }
      else {
        if (open) buckets.push(open)
        open = next
      }
    }
    if (open) buckets.push(open)
  }
  return buckets
}

/** The last operation before one that reads or writes a part of a bucket. */
function lastTouch(operations: readonly Operation[], before: number, bucket: Bucket): number {
  for (let at = before - 1; at >= 0; at--) {
    const { reads, writes } = operations[at]!
    if ([...reads, ...writes].some(storage => overlaps(storage, bucket))) return at
  }
  throw new Error('internal: a sum over what no operation makes')
}

function overlaps(storage: Storage, { whole, offset, bytes }: Bucket): boolean {
  let start = 0
  let outermost = storage
  for (; outermost.within; outermost = outermost.within.whole) start += outermost.within.offset
  return outermost === whole && start < offset + bytes && offset < start + storage.bytes
}

function stretchOf(memory: StepMemory, { whole, offset, bytes }: Bucket): Stretch {
  return { address: memory.address(whole) + BigInt(offset), length: bytes / 4 }
}

function onceAMemory(make: (memory: StepMemory) => BackgroundSums): (memory: StepMemory) => BackgroundSums {
  let made: BackgroundSums | undefined
  return memory => {
    made ??= make(memory)
    return made
  }
}
