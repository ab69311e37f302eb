// Records as the datasets have them: 2 KB images of people, 50 in a row of each.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeBin } from '@tiny-face/bin-stream'
import type { DataMap } from '@tiny-face/record-stream'
import { RecordIOWriter } from '@tiny-face/recordio-stream'
import { AtomicFile } from '@tiny-face/safe-files'
import { note } from './run.js'

export interface TestData {
  folder: string
  rec: string
  /** Of the file. */
  bytes: number
  records: number
  remove: () => void
}

export const IMAGES_PER_PERSON = 50
/** Lengths are from half of this to half as much again. */
const MEAN_BYTES = 2048
const POOL_BYTES = 1 << 24
/** Of what the data takes: room for itself and what two runs make of it. */
const ROOM = 4
/** Where images carry their rank. */
const STAMP_AT = 24

/** Makes it in memory where there is a folder for that, and smaller where there is too little room. */
export function makeTestData(wanted: number): TestData {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const size = Math.min(wanted, Math.floor(freeBytes(parent) / ROOM))
  if (size < wanted) note(`${parent} has room for ${megabytes(size)} of test data, not for ${megabytes(wanted)}`)
  const folder = mkdtempSync(join(parent, 'tiny-face-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // Also when interrupted: nothing of this size may stay in memory.
  process.on('exit', remove)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  const rec = join(folder, 'train.rec')
  const records = writeRec(rec, size)
  return { folder, rec, bytes: statSync(rec).size, records, remove }
}

/** Writes about so many bytes of records; returns how many. */
export function writeRec(path: string, size: number): number {
  note(`writing ${megabytes(size)} of test data to ${path}`)
  const writer = new RecordIOWriter(path)
  const count = Math.max(IMAGES_PER_PERSON, Math.round(size / (MEAN_BYTES + 32)))
  for (const record of faces(count)) writer.write(record)
  writer.commit()
  return count
}

/** A verification set of about so many bytes. */
export function writePairs(path: string, size: number): void {
  note(`writing ${megabytes(size)} of pairs to ${path}`)
  const file = new AtomicFile(path)
  writeBin(pairs(2 * Math.round(size / MEAN_BYTES / 2)), bytes => file.write(bytes))
  file.commit()
}

function* pairs(images: number): Generator<DataMap> {
  let slot = 0
  for (const { image } of faces(images)) {
    const index = slot >> 1
    yield { id: slot, image, pair: { index, side: slot++ % 2 === 0 ? 0 : 1, same: index % 2 === 0 } }
  }
}

/** Images that are valid until the next one: a JPEG's header, then bytes as random as a JPEG's. */
function* faces(count: number): Generator<DataMap & { image: Uint8Array }> {
  const pool = randomBytes()
  const image = Buffer.alloc(2 * MEAN_BYTES)
  JPEG_HEADER.copy(image)
  for (let rank = 0; rank < count; rank++) {
    // Some numbers without a pattern that a cache or a branch could learn.
    const mixed = Math.imul(rank + 1, 0x9e3779b1) >>> 0
    const length = MEAN_BYTES / 2 + (mixed % MEAN_BYTES)
    const from = (mixed >>> 4) % (POOL_BYTES - length)
    pool.copy(image, JPEG_HEADER.length, from, from + length - JPEG_HEADER.length)
    image.writeDoubleLE(rank, STAMP_AT)
    yield { label: Math.floor(rank / IMAGES_PER_PERSON), image: image.subarray(0, length) }
  }
}

/** The rank that an image had when it was made. */
export function stampOf(image: Uint8Array): number {
  return new DataView(image.buffer, image.byteOffset).getFloat64(STAMP_AT, true)
}

/** SOI; APP0 (JFIF); a comment of 8 bytes, the stamp; SOF0 (112x112). */
const JPEG_HEADER = Buffer.from(
  'ffd8 ffe000104a46494600010100000100010000 fffe000a0000000000000000 ffc00011080070007003012200021101031101'.replaceAll(
    ' ',
    '',
  ),
  'hex',
)

function randomBytes(): Buffer {
  const blocks = Array.from({ length: POOL_BYTES / 64 }, (_, block) =>
    createHash('sha512').update(String(block)).digest(),
  )
  return Buffer.concat(blocks)
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
