import { spawnSync } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, RecordWriter } from '@tiny-face/record-stream'

const command = fileURLToPath(new URL('../src/commands/record-doctor.ts', import.meta.url))

export function runDoctor(args: string[], input: Uint8Array, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', command, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  })
  return { status, stdout, stderr }
}

/** The records as a stream's bytes. */
export function streamOf(folder: string, records: Iterable<DataMap>, begin: BeginFields = {}): Buffer {
  const path = join(folder, 'stream')
  const writer = new RecordWriter(openSync(path, 'w'), begin)
  for (const record of records) writer.write(record)
  writer.end()
  return readFileSync(path)
}
