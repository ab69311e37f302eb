/** Every command of docs/photos.md, as it is written there, on photos with faces that the project draws. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedDetector } from '@tiny-face/face-aligner'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { drawnPhoto } from './drawn-photo.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/photos.md', import.meta.url)), 'utf8')
const [PEOPLE, VIEWS] = [32, 4]
const installed = installedDetector('yunet') !== undefined
if (!installed) console.log('# skipped: face-align --install yunet')

/** What makes a training short. */
const SHORT = `
arcface-train() { command arcface-train "$@" --batch-size 16 --stop-after 1; }
`

t.test('the commands of docs/photos.md', { timeout: 600_000, skip: !installed }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'photos-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (let person = 0; person < PEOPLE; person++) {
    const own = join(folder, 'photos', `person-${String(person).padStart(3, '0')}`)
    mkdirSync(own, { recursive: true })
    for (let view = 0; view < VIEWS; view++) writeFileSync(join(own, `${view}.jpg`), await drawnPhoto([person], view))
  }
  mkdirSync(join(folder, 'holiday'))
  for (let i = 0; i < 4; i++)
    writeFileSync(join(folder, 'holiday', `beach-${i}.jpg`), await drawnPhoto([i, 5 + i], VIEWS + i))
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
