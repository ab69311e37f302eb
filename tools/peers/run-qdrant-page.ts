// Half of check-qdrant: runs face-gallery's README against the server that qdrant-server.py is, whose command is given.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { drawPageFaces } from '../../packages/face-gallery/test/page-faces.js'
import { runQdrantPage } from '../../packages/face-gallery/test/qdrant-page.js'

const [command, ...args] = process.argv.slice(2) as [string, ...string[]]
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
const folder = mkdtempSync(join(tmpdir(), 'check-qdrant-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const { value: port } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
const { people, photos, wanted } = drawPageFaces()
const results = await runQdrantPage(folder, `http://127.0.0.1:${port}`, { people, photos, cosine: 0.5 })
server.stdin.end()
const failed = results.find(({ status }) => status !== 0)
if (failed !== undefined) console.error(failed.stdout, failed.stderr)
const names = (i: number) =>
  results[i]!.stdout.trimEnd()
    .split('\n')
    .map(line => line.split(' ')[0])
    .join(' ')
const right = names(1) === wanted.join(' ') && names(3) === wanted.join(' ').replace('Ada', 'unknown')
console.log(`found ${names(1)}; after the removal ${names(3)}: ${right ? 'as it should be' : 'WRONG'}`)
process.exitCode = failed === undefined && right ? 0 : 1
