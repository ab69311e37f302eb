/** Every command of docs/photos.md, as it is written there, on photos with faces that the project draws. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFace } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import { encodeJpeg } from '@tiny-face/image-stream'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/photos.md', import.meta.url)), 'utf8')
const [PEOPLE, VIEWS, SIDE] = [32, 4, 320]
const installed = installedDetector('yunet') !== undefined
if (!installed) console.log('# skipped: face-align --install yunet')

/** What makes a training short. */
const SHORT = `
arcface-train() { command arcface-train "$@" --batch-size 16 --stop-after 1; }
`

/** A photo with the faces of some people beside each other. */
async function photo(identities: readonly number[], view: number): Promise<Uint8Array> {
  const width = SIDE * identities.length
  const pixels = new Uint8Array(SIDE * width * 3).fill(140)
  for (const [i, identity] of identities.entries()) {
    const face = await drawFace({ identity, view, size: 200, seed: 1 })
    for (let y = 0; y < face.height; y++) {
      const row = face.pixels.subarray(y * face.width * 3, (y + 1) * face.width * 3)
      pixels.set(row, ((y + 60) * width + i * SIDE + 60) * 3)
    }
  }
  return encodeJpeg({ pixels, width, height: SIDE }, 95)
}

t.test('the commands of docs/photos.md', { timeout: 600_000, skip: !installed }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'photos-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (let person = 0; person < PEOPLE; person++) {
    const own = join(folder, 'photos', `person-${String(person).padStart(3, '0')}`)
    mkdirSync(own, { recursive: true })
    for (let view = 0; view < VIEWS; view++) writeFileSync(join(own, `${view}.jpg`), await photo([person], view))
  }
  mkdirSync(join(folder, 'holiday'))
  for (let i = 0; i < 4; i++)
    writeFileSync(join(folder, 'holiday', `beach-${i}.jpg`), await photo([i, 5 + i], VIEWS + i))
  for (const { section, script } of blocks(page)) {
    const { status, stderr } = shell(`set -eu\n${SHORT}\n${script}`, folder, { pipefail: true })
    // A doctor that finds something has done its work.
    const wanted = script.includes('record-doctor') ? [0, 3] : [0]
    t.ok(wanted.includes(status!), `${section}: exit code ${status}\n${script}\n${stderr}`)
  }
  const lines = (name: string) =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  const found = lines('found.jsonl')
  t.ok(found.length >= 6, `${found.length} of 8 faces are found`)
  for (const { id, matches } of found) t.match(id, /^beach-\d\.jpg#[12]$/, matches[0].person)
  t.strictSame(
    lines('named.jsonl').map(({ id }) => id),
    found.map(({ id }) => id),
  )
  t.ok(existsSync(join(folder, 'runs/people/model.onnx')))
  t.ok(readdirSync(join(folder, 'aligned')).length >= PEOPLE - 2)
  t.notOk(readFileSync(join(folder, 'people.gallery')).includes('person-002'), 'who was removed is gone')
})
