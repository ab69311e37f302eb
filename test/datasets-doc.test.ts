/** Every command of docs/datasets.md, as it is written there, on small data under the names that the page uses. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { drawFaces } from '@tiny-face/drawn-faces'
import { installedDetector } from '@tiny-face/face-aligner'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { hasJq } from './has-jq.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/datasets.md', import.meta.url)), 'utf8')
const canAlign = installedDetector('yunet') !== undefined
if (!canAlign) console.log('# skipped: face-align --install yunet')
const PEOPLE = 5
const VIEWS = 4
const ALL = PEOPLE * VIEWS
/** Rows in each of pyarrow's files. */
const PARQUET = 11
/** insightface's file: other people, and enough that the page's numbers mean something. */
const EMORE_PEOPLE = 100
const EMORE = 2 * EMORE_PEOPLE

/** Images in each folder of shards that the page makes. */
const SHARDS: Record<string, number> = {
  emore: EMORE,
  train: 2 * 80,
  photos: ALL,
  seed: ALL,
  theirs: ALL,
  listed: ALL,
  lst: ALL,
  csv: ALL,
  hub: ALL,
  parquet: PARQUET,
  adults: 3 * VIEWS,
  parts: ALL,
  both: EMORE + ALL,
  // The record that lost its header, and the one before: nothing says any more that its length is right.
  rescued: EMORE - 2,
  huge: EMORE,
}

t.test('the commands of docs/datasets.md', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'datasets-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await makeDatasets(folder)
  for (const { section, script: whole } of blocks(page)) {
    const script = hasJq ? whole : withoutJq(whole)
    if ((script.includes('face-align') && !canAlign) || script === '') {
      t.pass(section, { skip: true })
      continue
    }
    const { status, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
    // A doctor that finds something has done its work.
    const wanted = script.includes('record-doctor') ? [0, 3] : [0]
    t.ok(wanted.includes(status!), `${section}: exit code ${status}\n${script}\n${stderr}`)
  }
  const manifests = readdirSync(join(folder, 'shards')).map(name => [name, manifest(folder, name)])
  const images = Object.fromEntries(manifests.map(([name, { images }]) => [name, images]))
  const { adults, ...others } = SHARDS
  const made = hasJq ? SHARDS : others
  t.match(images, made)
  t.same(Object.keys(images).sort(), Object.keys(made).sort())
  t.equal(manifest(folder, 'both').classes, EMORE_PEOPLE + PEOPLE, 'people of two datasets side by side')
  t.equal(manifest(folder, 'theirs').classes, 1000)
  t.same(manifest(folder, 'listed').names, people(folder))
  const [first, ...following] = people(folder)
  t.same(manifest(folder, 'csv').names, [`Doe, "${first}"`, ...following])
  t.same(manifest(folder, 'parquet').names, ['Ann', 'Bob', 'Zoë', '日本'])
  t.match(JSON.parse(readFileSync(join(folder, 'wds/manifest.json'), 'utf8')), { format: 'webdataset', count: ALL })
  t.equal(readdirSync(join(folder, 'people')).length, EMORE_PEOPLE)
  t.equal(
    readFileSync(join(folder, 'lost/train.idx'), 'utf8'),
    readFileSync(join(folder, 'faces_emore/train.idx'), 'utf8'),
  )
})

/** A block without its commands that need jq: without their lines, or empty where one of them goes over several. */
function withoutJq(script: string): string {
  if (/\n\s+jq/.test(script)) return ''
  return script.replace(/^.*\bjq .*$/gm, '')
}

/** What the page takes for granted. */
async function makeDatasets(folder: string): Promise<void> {
  await drawFaces({ people: PEOPLE, views: VIEWS, size: 48, seed: 1, out: join(folder, 'photos') })
  await drawFaces({ people: EMORE_PEOPLE, views: 2, size: 32, seed: 2, out: join(folder, 'emore') })
  for (const name of ['faces_emore', 'lost', 'damaged', 'parts', 'seed', 'theirs', 'lfw', 'hub/data'])
    mkdirSync(join(folder, name), { recursive: true })
  const script = [
    'image-dump emore | recordio-write faces_emore/train.rec',
    'image-dump photos | record-pairs --seed 1 | bin-write faces_emore/lfw.bin',
    'image-dump photos | record-select --labels 0-2 | recordio-write parts/a.rec',
    'image-dump photos | record-select --labels 3-4 | recordio-write parts/b.rec',
    'image-dump photos | tfrecord-write --out made-seed && mv made-seed/*.tfrecord seed/tran.tfrecords',
    'image-dump photos | record-select --renumber 1 |',
    '  tfrecord-write --out made --shards 2 --compress gzip --image-key image/encoded --label-key image/class/label',
    'mv made/train-* theirs',
    'image-dump photos | wds-write --out made-wds --shards 2 && mv made-wds/*.tar hub',
    'cp faces_emore/train.rec lost',
  ].join('\n')
  const { status, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
  if (status !== 0) throw new Error(stderr)

  const rec = readFileSync(join(folder, 'faces_emore/train.rec'))
  const middle = Math.floor(rec.length / 2)
  writeFileSync(
    join(folder, 'damaged/train.rec'),
    rec.fill(0, rec.indexOf(MAGIC, middle), rec.indexOf(MAGIC, middle) + 8),
  )

  const list = people(folder).flatMap((person, label) =>
    readdirSync(join(folder, 'photos', person))
      .sort()
      .map(file => ({ path: `${person}/${file}`, label, name: person })),
  )
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  put('list.json', JSON.stringify(list.map(({ path, name }) => ({ path, label: name }))))
  put('photos.lst', list.map(({ path, label }, i) => `${i}\t${label}\t${path}\n`).join(''))
  const quoted = (name: string) => (name === list[0]!.name ? `"Doe, ""${name}"""` : name)
  put('photos.csv', ['path,label', ...list.map(({ path, name }) => `${path},${quoted(name)}`), ''].join('\r\n'))
  for (const [name, file] of Object.entries({ 'train-00000-of-00001': 'faces, names', pairs: 'pairs' }))
    writeFileSync(
      join(folder, `hub/data/${name}.parquet`),
      gunzipSync(Buffer.from(PYTHON_PARQUET[file]!.file, 'base64')),
    )
  put('ages.json', JSON.stringify(list.map(({ path, label }) => ({ id: path, age: 10 + 15 * label }))))

  // Two people of LFW's, in files as theirs are called; large enough for a detector.
  const [a, b] = people(folder) as [string, string]
  await drawFaces({ people: 2, views: 3, size: 224, seed: 1, out: join(folder, 'large') })
  for (const [name, from] of Object.entries({ lfw: 'large', 'lfw-112': 'photos' }))
    for (const person of [a, b]) {
      mkdirSync(join(folder, name, person), { recursive: true })
      for (const number of [1, 2]) {
        const view = join(folder, from, person, `view-00${number}.png`)
        copyFileSync(view, join(folder, name, person, `${person}_000${number}.png`))
      }
    }
  put('pairs.txt', `1\t1\n${a}\t1\t2\n${a}\t1\t${b}\t2\n`)
}

/** Files that pyarrow wrote. */
const PYTHON_PARQUET: { [name: string]: { file: string } } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../packages/parquet-stream/test/python-parquet.json', import.meta.url)), 'utf8'),
)
const MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce])

function people(folder: string): string[] {
  return readdirSync(join(folder, 'photos')).sort()
}

function manifest(folder: string, shards: string) {
  return JSON.parse(readFileSync(join(folder, 'shards', shards, 'manifest.json'), 'utf8'))
}
