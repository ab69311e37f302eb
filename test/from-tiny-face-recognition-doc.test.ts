/** Every command of docs/from-tiny-face-recognition.md, as it is written there, on small data under the names that the page uses. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFaces } from '@tiny-face/drawn-faces'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/from-tiny-face-recognition.md', import.meta.url)), 'utf8')
const SETS = ['lfw', 'cfp_ff', 'cfp_fp', 'agedb_30']

/** What makes trainings short: a small network, batches of 16, one epoch of the schedule; where a run goes on, the second. */
const SHORT = `
arcface-train() {
  case "$*" in
    *--resume*) command arcface-train "$@" --stop-after 2 ;;
    *78900*) command arcface-train "$@" --network mobilefacenet --batch-size 16 --stop-after 1 --every 2 ;;
    *) command arcface-train "$@" --network mobilefacenet --batch-size 16 --stop-after 1 ;;
  esac
}
`

t.test('the commands of docs/from-tiny-face-recognition.md', { timeout: 600_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'from-tiny-face-recognition-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await drawFaces({ people: 20, views: 2, size: 112, seed: 1, out: join(folder, 'emore') })
  for (const name of ['faces_emore', 'tfrecords']) mkdirSync(join(folder, name))
  const prepared = shell(
    `set -eu
    image-dump emore | recordio-write faces_emore/train.rec
    image-dump emore | tfrecord-write --out made && mv made/*.tfrecord tfrecords/tran.tfrecords
    for set in ${SETS.join(' ')}; do image-dump emore | record-pairs --seed 1 | bin-write faces_emore/$set.bin; done`,
    folder,
    { pipefail: true },
  )
  t.equal(prepared.status, 0, prepared.stderr)
  const printed: string[] = []
  for (const { section, script } of blocks(page)) {
    const { status, stdout, stderr } = shell(`set -eu\n${SHORT}\n${script}`, folder, { pipefail: true })
    t.equal(status, 0, `${section}: exit code ${status}\n${script}\n${stderr}`)
    printed.push(stdout)
  }
  const manifest = (name: string) => JSON.parse(readFileSync(join(folder, 'shards', name, 'manifest.json'), 'utf8'))
  for (const name of ['emore', 'tran']) t.match(manifest(name), { images: 40, classes: 20, shards: { length: 64 } })
  t.match(
    printed.find(text => text.includes('accuracy')),
    /^40 pairs, 20 same and 20 different, with mirror images/,
  )
  const metrics = (run: string) =>
    readFileSync(join(folder, 'runs', run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  t.equal(
    metrics('tiny')
      .filter(({ loss }) => loss !== undefined)
      .at(-1).step,
    4,
    'two epochs of two steps',
  )
  const config = JSON.parse(readFileSync(join(folder, 'runs/tiny/config.json'), 'utf8'))
  t.match(config, { learningRates: [0.001, 0.0005, 0.0003, 0.0001], weightDecay: 5e-4, optimiser: { momentum: 0.9 } })
  for (const set of SETS) t.ok(JSON.stringify(metrics('same')).includes(set), set)
})
