/** Stretches of memory that a step works on, before it is decided where they lie. */

/** A stretch of memory; it gets its place when all operations are known. */
export interface Storage {
  readonly bytes: number
  /** Kept from step to step (state, constants, what the host writes and reads); any other memory is shared by last use. */
  readonly lasting: boolean
  /** The stretch that this one is a part of, and where in it. */
  readonly within?: { readonly whole: Storage; readonly offset: number }
}

/** What the memory plan needs to know of an operation. */
export interface Access {
  readonly reads: readonly Storage[]
  readonly writes: readonly Storage[]
}

/** A cache line, and the widest vector. */
const ALIGNMENT = 64

export const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

const wholeOf = (storage: Storage): Storage => (storage.within ? wholeOf(storage.within.whole) : storage)

export interface MemoryPlan {
  readonly bytes: number
  offsetOf(storage: Storage): number
}

/**
 * Places every stretch so that two which are in use at the same time do not overlap: the largest first, each as low as it can
 * lie. A stretch is in use from the operation that first writes it to the last that touches it; one that lasts, or is among `kept`,
 * at all times.
 *
 * @throws Error where an operation reads what none has written: a fault of the compiler
 */
export function planMemory(operations: readonly Access[], kept: ReadonlySet<Storage> = new Set()): MemoryPlan {
  const lasts = (storage: Storage) => storage.lasting || kept.has(storage)
  const lives = new Map<Storage, { first: number; last: number }>()
  for (const [index, { reads, writes }] of operations.entries()) {
    for (const storage of [...reads, ...writes].map(wholeOf)) {
      const life = lives.get(storage)
      if (life) life.last = index
      else if (lasts(storage) || writes.some(written => wholeOf(written) === storage))
        lives.set(storage, { first: index, last: index })
      else throw new Error(`internal: operation ${index} reads memory that none before it has written`)
    }
  }
  const offsets = new Map<Storage, number>()
  let bytes = 0
  for (const storage of lives.keys()) {
    if (!lasts(storage)) continue
    offsets.set(storage, bytes)
    bytes += aligned(storage.bytes)
  }
  const start = bytes
  const placed: { first: number; last: number; from: number; to: number }[] = []
  const shared = [...lives].filter(([storage]) => !lasts(storage)).sort(([a], [b]) => b.bytes - a.bytes)
  for (const [storage, { first, last }] of shared) {
    const size = aligned(storage.bytes)
    let from = start
    // `placed` is kept in order of `from`: the first gap that is wide enough is the lowest.
    for (const other of placed) {
      if (other.last < first || other.first > last) continue
      if (other.from - from >= size) break
      from = Math.max(from, other.to)
    }
    offsets.set(storage, from)
    const at = placed.findIndex(other => other.from > from)
    placed.splice(at === -1 ? placed.length : at, 0, { first, last, from, to: from + size })
    bytes = Math.max(bytes, from + size)
  }
  return {
    bytes,
    offsetOf(storage) {
      let offset = 0
      let whole = storage
      for (; whole.within; whole = whole.within.whole) offset += whole.within.offset
      const base = offsets.get(whole)
      if (base === undefined) throw new Error('internal: a stretch of memory that no operation touches')
      return base + offset
    },
  }
}
