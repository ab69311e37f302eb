// Random files, many of each format, in both directions: theirs read by us, ours by them. See check-random.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { recordio } from './random-recordio.js'
import { tfrecord } from './random-tfrecord.js'
import { webdataset } from './random-webdataset.js'

/** One format's half of the work; the other half is random-NAME.py. */
export interface Peer {
  name: string
  /** Who writes and reads in Python, and in which of our environments. */
  program: string
  environment: string
  /** What is wrong with one of their files as we read it. */
  difference: (folder: string, description: never) => string | undefined
  /** Writes so many files; returns their descriptions. */
  write: (folder: string, files: number, seed: number) => { records: unknown[] }[]
}

/** So many differences are printed. */
const MAX_PRINTED = 10
const run = fileURLToPath(new URL('run', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { files: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
})
const peers = [recordio, tfrecord, webdataset].filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
)
if (peers.length === 0) {
  console.error('usage: check-random [recordio|tfrecord|webdataset] [--files 1000] [--seed 1]')
  process.exit(2)
}
for (const peer of peers) if (!check(peer, Number(values.files), Number(values.seed))) process.exitCode = 1

function check(peer: Peer, files: number, seed: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), `random-${peer.name}-`))
  try {
    const version = python(peer, ['write', folder, String(files), String(seed)]).trim()
    const theirs = parseLines(readFileSync(join(folder, 'theirs.jsonl'), 'utf8'))
    const wrong = theirs.flatMap(description => {
      const difference = differenceOf(() => peer.difference(folder, description as never))
      return difference === undefined ? [] : [`${description.file}: ${difference}`]
    })
    rmSync(folder, { recursive: true })
    const ours = writeOurs(peer, folder, files, seed)
    wrong.push(...python(peer, ['read', ours.folder]).split('\n').filter(Boolean))
    for (const line of wrong.slice(0, MAX_PRINTED)) console.log(line)
    const records = [theirs, ours.descriptions].map(all => all.reduce((sum, { records }) => sum + records.length, 0))
    console.log(
      `${peer.name}: ${theirs.length} files (${records[0]} records) written by ${peer.program} ${version}, ` +
        `${ours.descriptions.length} (${records[1]}) by us, ${wrong.length} differ`,
    )
    return wrong.length === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeOurs(peer: Peer, folder: string, files: number, seed: number) {
  const ours = mkdtempSync(`${folder}-ours-`)
  process.on('exit', () => rmSync(ours, { recursive: true, force: true }))
  const descriptions = peer.write(ours, files, seed)
  writeFileSync(join(ours, 'ours.jsonl'), descriptions.map(line => `${JSON.stringify(line)}\n`).join(''))
  return { folder: ours, descriptions }
}

/** Whatever is thrown is a difference too. */
function differenceOf(find: () => string | undefined): string | undefined {
  try {
    return find()
  } catch (error) {
    return `we throw ${error instanceof Error ? (error.stack ?? error.message) : error}`
  }
}

function python({ environment, name }: Peer, args: string[]): string {
  return execFileSync(run, [environment, `random-${name}.py`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
}

function parseLines(text: string): { file: string; records: unknown[] }[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}
