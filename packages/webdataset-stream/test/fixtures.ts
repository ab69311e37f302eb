import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { DataMap } from '@tiny-face/record-stream'
import { BLOCK_BYTES, paddingOf, writeHeader } from '../src/tar/tar-header.js'

/** An archive that Python wrote, and what Python reads of it: names and data, in hexadecimal. */
export interface PythonTar {
  archive: Buffer
  files: [name: string, data: string][]
}

/** See tar/python-tars.py. */
export function pythonTars(): [name: string, tar: PythonTar][] {
  const path = fileURLToPath(new URL('tar/python-tars.json', import.meta.url))
  const tars: { [name: string]: { archive: string; files: [string, string][] } } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  return Object.entries(tars).map(([name, { archive, files }]) => [
    name,
    { archive: gunzipSync(Buffer.from(archive, 'base64')), files },
  ])
}

/** An archive of files with short names. */
export function tarOf(files: Record<string, string | Uint8Array>): Buffer {
  const members = Object.entries(files).map(([name, data]) => memberOf(name, Buffer.from(data as Uint8Array)))
  return Buffer.concat([...members, Buffer.alloc(2 * BLOCK_BYTES)])
}

export function memberOf(name: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES + data.length + paddingOf(data.length))
  writeHeader(bytes, 0, name, data.length)
  bytes.set(data, BLOCK_BYTES)
  return bytes
}

/** A header with a changed field, its checksum right again. */
export function patched(member: Buffer, at: number, text: string): Buffer {
  const bytes = Buffer.from(member)
  bytes.write(text, at, 'latin1')
  bytes.write('        ', 148, 'latin1')
  const sum = bytes.subarray(0, BLOCK_BYTES).reduce((sum, byte) => sum + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

/** The bytes in pieces of a size, in one buffer that is written over each time, as a file is read. */
export function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const piece = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size)
    piece.set(part)
    yield piece.subarray(0, part.length)
  }
}

/** How often a property is tried: the environment asks for more in a long run. */
export function runs(usual: number): number {
  return Number(process.env.TINY_FACE_RUNS ?? usual)
}

/** Bytes that differ from record to record, and begin as a JPEG does. */
export function fakeImage(index: number, size = 20): Buffer {
  return Buffer.alloc(size, Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), Buffer.from(`image ${index} `)]))
}

export function* faces(count: number): Generator<DataMap> {
  for (let id = 0; id < count; id++) yield { id, label: id % 7, image: fakeImage(id, 60 + (id % 50)) }
}

/** A folder for a test that asks the disk again and again to be safe: in memory, where the system has such a place. */
export function scratch(t: { teardown(after: () => void): unknown }, ...folders: string[]): string {
  const memory = '/dev/shm'
  const path = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'tiny-face-'))
  for (const folder of folders) mkdirSync(join(path, folder))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
