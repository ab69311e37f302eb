import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, decodeRecords, encodeRecords } from '@tiny-face/record-stream'

export interface Outcome {
  status: number | null
  stderr: string
  records: DataMap[]
}

/** A record stream of `records`. */
export async function streamOf(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Runs a command that is a stage of a pipe, and reads what it wrote. */
export async function run(name: string, args: string[], input: Uint8Array): Promise<Outcome> {
  const bin = fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { input, maxBuffer: 1 << 28 })
  const records: DataMap[] = []
  if (status === 0) for await (const record of decodeRecords([stdout])) records.push(structuredClone(record))
  return { status, stderr: stderr.toString(), records }
}
