/**
 * Attributes by key, on disk: as many as the disk holds. In memory are 3 MB of buffers, and while the tables are made one
 * of them: 24 bytes for each 256 keys.
 *
 *     data     length (uint32 LE)  {"key": …, "attributes": {…}} in JSON, one after another
 *     spilled  entries in blocks, a block's of one bucket: hash (48 bits LE)  offset in data + 1 (48 bits LE)
 *     table    per bucket a hash table with open addressing, at most half full, of such entries; all 0 is a free slot
 *
 * A key's bucket and slot come from its SHA-256. The tables are made, a bucket at a time, when all keys are there. The files
 * have no names, so that nothing is left of them however the process ends.
 */
import { hash } from 'node:crypto'
import { tmpdir } from 'node:os'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError, ScratchFile } from '@tiny-face/safe-files'
import { toJson } from './json-values.js'
import { parseObject } from './parse-object.js'
import { recordFields } from './record-fields.js'

const BUCKETS = 256
const ENTRY = 12
/** Entries of a bucket that are held before they are spilled. */
const BLOCK_ENTRIES = 512
/** Slots that are read at a time. */
const PROBED = 16
/** What is read of attributes at first. */
const LIKELY_LENGTH = 1024

interface Bucket {
  entries: Buffer
  held: number
  /** Where its full blocks are. */
  blocks: number[]
  /** Its table, once made. */
  offset: number
  slots: number
}

export class AttributeStore {
  readonly #data: ScratchFile
  readonly #spilled: ScratchFile
  readonly #table: ScratchFile
  readonly #buckets: Bucket[]
  #count = 0
  #probed = Buffer.alloc(PROBED * ENTRY)
  #likely = Buffer.alloc(LIKELY_LENGTH)

  /** @param folder for the files, which go when the process ends or `close` is called */
  constructor(folder = tmpdir()) {
    this.#data = new ScratchFile(folder)
    this.#spilled = new ScratchFile(folder)
    this.#table = new ScratchFile(folder)
    this.#buckets = Array.from({ length: BUCKETS }, () => {
      return { entries: Buffer.alloc(BLOCK_ENTRIES * ENTRY), held: 0, blocks: [], offset: 0, slots: 0 }
    })
  }

  /** The number of keys. */
  get count(): number {
    return this.#count
  }

  add(key: string, attributes: DataMap): void {
    const offset = this.#data.append(entryBytes(key, attributes))
    const { bucket, slot } = placeOf(key)
    const { entries, blocks } = this.#buckets[bucket]!
    const at = this.#buckets[bucket]!.held++ * ENTRY
    entries.writeUIntLE(slot, at, 6)
    entries.writeUIntLE(offset + 1, at + 6, 6)
    this.#count++
    if (this.#buckets[bucket]!.held === BLOCK_ENTRIES) {
      blocks.push(this.#spilled.append(entries))
      this.#buckets[bucket]!.held = 0
    }
  }

  /**
   * Makes the tables: call it when all is added, before anything is asked for.
   *
   * @throws DataError for a key that came twice
   */
  seal(): void {
    for (const bucket of this.#buckets) {
      bucket.slots = 2 * (bucket.blocks.length * BLOCK_ENTRIES + bucket.held) + 1
      const table = Buffer.alloc(bucket.slots * ENTRY)
      const held = bucket.entries.subarray(0, bucket.held * ENTRY)
      const block = Buffer.alloc(BLOCK_ENTRIES * ENTRY)
      this.#place(held, table, bucket.slots)
      for (const offset of bucket.blocks) {
        this.#spilled.read(offset, block)
        this.#place(block, table, bucket.slots)
      }
      bucket.offset = this.#table.append(table)
      bucket.entries = Buffer.alloc(0)
      bucket.blocks = []
    }
    this.#spilled.close()
  }

  #place(entries: Buffer, table: Buffer, slots: number): void {
    for (let at = 0; at < entries.length; at += ENTRY) {
      const hashed = entries.readUIntLE(at, 6)
      let slot = hashed % slots
      for (;;) {
        const other = table.readUIntLE(slot * ENTRY + 6, 6)
        if (other === 0) break
        if (table.readUIntLE(slot * ENTRY, 6) === hashed) this.#checkDifferent(other, entries.readUIntLE(at + 6, 6))
        slot = (slot + 1) % slots
      }
      entries.copy(table, slot * ENTRY, at, at + ENTRY)
    }
  }

  #checkDifferent(one: number, other: number): void {
    const { key } = this.#read(one - 1)
    if (this.#read(other - 1).key === key) throw new DataError({ id: key, expected: 'one object', found: 'two' })
  }

  /** @returns undefined where there are none under the key */
  find(key: string): DataMap | undefined {
    const place = placeOf(key)
    const { offset, slots } = this.#buckets[place.bucket]!
    let slot = place.slot % slots
    for (;;) {
      const probed = this.#probed.subarray(0, Math.min(PROBED, slots - slot) * ENTRY)
      this.#table.read(offset + slot * ENTRY, probed)
      for (let at = 0; at < probed.length; at += ENTRY) {
        const data = probed.readUIntLE(at + 6, 6)
        if (data === 0) return undefined
        if (probed.readUIntLE(at, 6) !== place.slot) continue
        const entry = this.#read(data - 1)
        if (entry.key === key) return recordFields(entry.attributes)
      }
      slot = (slot + probed.length / ENTRY) % slots
    }
  }

  #read(offset: number): Entry {
    const size = this.#data.read(offset, this.#likely)
    const length = this.#likely.readUInt32LE()
    if (4 + length <= size) return entryOf(this.#likely.subarray(4, 4 + length))
    const whole = Buffer.alloc(length)
    this.#data.read(offset + 4, whole)
    return entryOf(whole)
  }

  close(): void {
    for (const file of [this.#data, this.#spilled, this.#table]) file.close()
  }
}

interface Entry {
  key: string
  attributes: object
}

function entryBytes(key: string, attributes: DataMap): Buffer {
  const text = `{"key":${JSON.stringify(key)},"attributes":${toJson(attributes, true)}}`
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
  bytes.writeUInt32LE(bytes.length - 4)
  bytes.write(text, 4)
  return bytes
}

function entryOf(bytes: Buffer): Entry {
  return parseObject(bytes.toString()) as unknown as Entry
}

/** The first byte of the key's SHA-256, and the 48 bits after it. */
function placeOf(key: string): { bucket: number; slot: number } {
  const bytes = hash('sha256', key, 'buffer')
  return { bucket: bytes[0]!, slot: bytes.readUIntLE(1, 6) }
}
