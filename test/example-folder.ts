import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { drawFaces } from '@tiny-face/drawn-faces'
import { zipArchive } from '../packages/image-stream/test/zip-archive.js'
import { drawnPhoto } from './drawn-photo.js'
import { shell } from './shell.js'
import { untrainedRun } from './untrained-run.js'

/** Pages leave out people 30 to 39. */
const PEOPLE = 42
const VIEWS = 2

/** What READMEs and the examples of --help take for granted: small data under the names that they use. */
export async function exampleFolder(folder: string): Promise<void> {
  for (const name of ['faces_emore', 'holiday', 'new', 'hub/data', 'imagenet', 'lfw/data', 'theirs'])
    mkdirSync(join(folder, name), { recursive: true })
  await drawFaces({ people: PEOPLE, views: VIEWS, size: 112, seed: 1, out: join(folder, 'aligned') })
  plantFaults(folder)
  await drawPhotos(folder)
  for (const run of ['r50', 'mobile', 'mobilefacenet']) untrainedRun(join(folder, 'runs', run), { step: 134 })

  const list = people(folder).flatMap(person => Array.from({ length: VIEWS }, (_, view) => `${person}/${view}.jpg`))
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  put('list.json', JSON.stringify(list.map(path => ({ path, label: path.split('/')[0] }))))
  put('photos.lst', list.map((path, i) => `${i}\t${Math.floor(i / VIEWS)}\t${path}\n`).join(''))
  put('ages.json', JSON.stringify(list.map((_, id) => ({ id, age: id }))))
  put('pairs.txt', pairs(folder).join(''))
  const zipped = list.slice(0, 2 * VIEWS).map(path => [path, readFileSync(join(folder, 'photos', path))] as const)
  writeFileSync(join(folder, 'faces.zip'), zipArchive(Object.fromEntries(zipped)))
  writeTemplates(folder)
  for (const name of ['faces', 'people']) cpSync(join(folder, 'aligned'), join(folder, name), { recursive: true })
  for (const [name, file] of Object.entries({
    'faces/train-00000': 'faces, names',
    'hub/data/train-00000-of-00001': 'faces, names',
    'lfw/data/test-00000-of-00001': 'pairs',
  }))
    writeFileSync(join(folder, `${name}.parquet`), gunzipSync(Buffer.from(PYTHON_PARQUET[file]!.file, 'base64')))

  const { status, stderr } = shell(
    `set -eu
    image-dump aligned | recordio-write train.rec
    cp train.rec train.idx faces_emore
    cp train.rec faces
    cp train.rec a.rec && cp train.idx a.idx
    recordio-dump --all train.rec > stream
    image-dump aligned | tfrecord-write --out shards --shards 4 --shuffle 1
    cp shards/train-00000-of-00004.tfrecord x.tfrecord
    image-dump aligned | wds-write --out made && gzip made/*.tar && mv made/*.tar.gz theirs
    image-dump aligned | record-pairs --seed 1 --same 10 --different 10 | bin-write lfw.bin
    for set in agedb_30 cfp held-out faces_emore/lfw; do cp lfw.bin $set.bin; done
    arcface-export runs/r50 --out r50.onnx
    for run in r50 mobile mobilefacenet; do cp r50.onnx runs/$run/model.onnx; done
    for model in foreign network face-api; do cp r50.onnx $model.onnx; done
    arcface-export runs/r50 --names arcface_torch --out backbone.safetensors
    mv backbone.safetensors backbone.pth
    image-dump faces.zip | tfrecord-write --out made-imagenet --image-key image/encoded --label-key image/class/label
    mv made-imagenet/train-00000-of-00001.tfrecord imagenet/train-00000-of-01024
    for name in a b; do bin-dump lfw.bin | arcface-embed --model runs/r50 | face-verify --pairs --json $name.json; done
    image-dump aligned | arcface-embed --model runs/r50 --flip > people.rec
    face-calibrate --far 1e-2 --json threshold.json < people.rec
    face-identify enrol people.gallery < people.rec`,
    folder,
    { pipefail: true },
  )
  if (status !== 0) throw new Error(stderr)
}

/** What record-doctor finds: a picture that is there twice, a person with one picture. */
function plantFaults(folder: string): void {
  const [twice, alone] = people(folder)
    .slice(-2)
    .map(person => images(folder, person).map(file => join(folder, 'aligned', person, file)))
  copyFileSync(twice![0]!, twice![1]!)
  rmSync(alone![1]!)
}

/** Photos of the people, a folder for each; two of them with two people; LFW's the same with a list of pairs. */
async function drawPhotos(folder: string): Promise<void> {
  for (const [i, person] of people(folder).entries()) {
    for (const name of ['photos', 'lfw']) mkdirSync(join(folder, name, person), { recursive: true })
    for (let view = 0; view < VIEWS; view++) {
      const photo = await drawnPhoto([i], view)
      for (const name of ['photos', 'lfw']) writeFileSync(join(folder, name, person, `${view}.jpg`), photo)
    }
  }
  for (let i = 0; i < 2; i++) writeFileSync(join(folder, 'holiday', `${i}.jpg`), await drawnPhoto([i, i + 5], VIEWS))
  for (const person of people(folder).slice(0, 2))
    copyFileSync(join(folder, 'aligned', person, images(folder, person)[0]!), join(folder, 'new', `${person}.png`))
}

/** A list of twenty pairs, as AgeDB and CFP have them: one person's two photos, then two people's. */
function pairs(folder: string): string[] {
  const names = people(folder)
  return Array.from({ length: 20 }, (_, i) => {
    const [a, b] = [names[i]!, i % 2 === 0 ? names[i]! : names[i + 1]!]
    return `${a}/0.jpg ${b}/1.jpg ${a === b ? 1 : 0}\n`
  })
}

/** IJB's three lists: each image is a template of its own. */
function writeTemplates(folder: string): void {
  const paths = people(folder).flatMap(person => images(folder, person).map(file => ({ person, file })))
  // Records are known by the last part of their ids: it has to be another for each.
  for (const [i, { person, file }] of paths.entries())
    renameSync(join(folder, 'aligned', person, file), join(folder, 'aligned', person, `${i}.png`))
  const lines = (line: (i: number) => string) => paths.map((_, i) => line(i)).join('\n')
  const put = (name: string, text: string) => writeFileSync(join(folder, name), `${text}\n`)
  put(
    'ijbc_face_tid_mid.txt',
    lines(i => `${i}.png ${i} ${i}`),
  )
  put(
    'ijbc_name_5pts_score.txt',
    lines(i => `${i}.png ${'1 2 '.repeat(5)}0.9`),
  )
  const rows = paths.flatMap(({ person }, a) =>
    paths.slice(a + 1).map((other, b) => `${a} ${a + 1 + b} ${person === other.person ? 1 : 0}`),
  )
  put('ijbc_template_pair_label.txt', rows.join('\n'))
}

/** Files that pyarrow wrote. */
const PYTHON_PARQUET: { [name: string]: { file: string } } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../packages/parquet-stream/test/python-parquet.json', import.meta.url)), 'utf8'),
)

function people(folder: string): string[] {
  return readdirSync(join(folder, 'aligned')).sort()
}

function images(folder: string, person: string): string[] {
  return readdirSync(join(folder, 'aligned', person)).sort()
}
