import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { MODEL } from './faces.js'

const README = fileURLToPath(new URL('../README.md', import.meta.url))
const RECORD_JSON = fileURLToPath(new URL('../../json-stream/bin/record-json.js', import.meta.url))
const FACES_ADDRESS = 'http://localhost:6333'

/** A face of the page's streams. */
export interface PageFace {
  id: string
  embedding: Float32Array
  flipped: Float32Array
}

/** README.md's commands for Qdrant: enrol, search, remove. */
export function qdrantCommands(): string[] {
  const section = /### More than one machine\n([\s\S]*?)\n## /.exec(readFileSync(README, 'utf8'))![1]!
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!)
}

/**
 * Runs the page's commands as they stand, but for the address, the number of dimensions, and images: the streams are given.
 *
 * @param folder for files, empty
 * @returns what enrolling, searching, removing and searching again printed
 */
export async function runQdrantPage(
  folder: string,
  url: string,
  { people, photos, cosine }: { people: readonly PageFace[]; photos: readonly PageFace[]; cosine: number },
): Promise<{ status: number | null; stdout: string; stderr: string }[]> {
  for (const [name, faces] of Object.entries({ people, new: photos })) {
    const writer = new RecordWriter(openSync(join(folder, name), 'w'), { model: MODEL })
    for (const { id, embedding, flipped } of faces)
      writer.write({ id, embedding: tensorOf(embedding), flipped: tensorOf(flipped) })
    writer.end()
  }
  writeFileSync(join(folder, 'threshold.json'), JSON.stringify({ cosine }))
  const stand = `image-dump() { cat "$1"; }
arcface-embed() { cat; }
record-json() { env -u NODE_OPTIONS '${process.execPath}' '${RECORD_JSON}' --quiet; }
set -e -o pipefail
`
  const [enrol, search, remove] = qdrantCommands().map(block =>
    block.replace(FACES_ADDRESS, url).replace('"size": 512', `"size": ${people[0]!.embedding.length}`),
  ) as [string, string, string]
  const begin = enrol.split('\n').slice(0, 2).join('\n')
  const results: Awaited<ReturnType<typeof runQdrantPage>> = []
  for (const script of [enrol, `${begin}\n${search}`, `${begin}\n${remove}`, `${begin}\n${search}`])
    results.push(await bash(`${stand}${script}`, folder))
  return results
}

async function bash(script: string, cwd: string) {
  const child = spawn('bash', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', data => (said.stdout += data))
  child.stderr.on('data', data => (said.stderr += data))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...said }
}
