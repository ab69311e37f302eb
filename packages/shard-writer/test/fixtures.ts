import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import { type Manifest, type ShardFormat, type WriteShardsOptions, writeShards as write } from '../src/index.js'

export interface WriteOptions extends WriteShardsOptions {
  compression?: 'gzip' | 'zlib' | undefined
  keys?: { image: string; label: string } | undefined
}

/** A format of nothing but lines `LABEL:IMAGE`, the images without newlines. */
export function linesFormat({ compression, keys = { image: 'image', label: 'label' } }: WriteOptions): ShardFormat {
  const five = (number: number) => String(number).padStart(5, '0')
  return {
    name: 'lines',
    compression,
    options: { '--image-key': keys.image, '--label-key': keys.label },
    manifestFields: { keys },
    end: Buffer.from('end\n'),
    shardName: (index, shards) => `train-${five(index)}-of-${five(shards)}.bin`,
    faceOf: ({ image, label }) => ({ image, label }),
    holdsImage: () => true,
    write({ image, label }, _, out) {
      out.append(Buffer.from(`${label}:${keys.image}:${keys.label}:`))
      out.append(image!)
      out.append(Buffer.from('\n'))
      return image!.byteLength
    },
  }
}

export function writeShards(records: Iterable<DataMap>, options: WriteOptions): Manifest {
  return write(records, linesFormat(options), options)
}

/** Bytes that differ from record to record. */
export function fakeImage(index: number, size = 20): Buffer {
  return Buffer.alloc(size, `image ${index} `)
}

/** All files, by name: what another run has to be equal to. */
export function filesOf(folder: string): { [name: string]: string } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter(name => !statSync(join(folder, name)).isDirectory())
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name)).toString('latin1')]))
}

/** A folder for a test that asks the disk again and again to be safe: in memory, where the system has such a place. */
export function scratch(t: { teardown(after: () => void): unknown }, ...folders: string[]): string {
  const memory = '/dev/shm'
  const path = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'tiny-face-'))
  for (const folder of folders) mkdirSync(join(path, folder))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
