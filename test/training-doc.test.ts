/** Every command of docs/training.md, as it is written there, on small data under the names that the page uses. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFaces } from '@tiny-face/drawn-faces'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/training.md', import.meta.url)), 'utf8')

/** What makes trainings short: batches of 16, and the first epoch of the schedule; where a run goes on, the second. */
const SHORT = `
arcface-train() {
  case "$*" in
    *--resume*) command arcface-train "$@" --stop-after 2 ;;
    *) command arcface-train "$@" --batch-size 16 --stop-after 1 ;;
  esac
}
`

t.test('the commands of docs/training.md', { timeout: 600_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'training-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await drawFaces({ people: 100, views: 2, size: 112, seed: 1, out: join(folder, 'photos') })
  await drawFaces({ people: 8, views: 4, size: 112, seed: 2, out: join(folder, 'staff') })
  await drawFaces({ people: 8, views: 3, size: 112, seed: 3, out: join(folder, 'staff-test') })
  for (const { section, script } of blocks(page)) {
    const { status, stderr } = shell(`set -eu\n${SHORT}\n${script}`, folder, { pipefail: true })
    // A doctor that finds something has done its work.
    const wanted = script.includes('record-doctor') ? [0, 3] : [0]
    t.ok(wanted.includes(status!), `${section}: exit code ${status}\n${script}\n${stderr}`)
  }
  const run = (name: string) => join(folder, 'runs', name)
  t.strictSame(readdirSync(join(folder, 'runs')).sort(), [
    'again',
    'careful',
    'eight',
    'mobile',
    'noisy',
    'parts',
    'people',
    'staff',
  ])
  for (const name of readdirSync(join(folder, 'runs'))) t.ok(existsSync(join(run(name), 'model.onnx')), name)
  for (const file of ['seen.png', 'held-out.html', 'staff.jsonl', 'people.onnx', 'runs/people/report.html'])
    t.ok(existsSync(join(folder, file)), file)
  const config = (name: string) => JSON.parse(readFileSync(join(run(name), 'config.json'), 'utf8'))
  t.strictSame(config('again'), { ...config('people'), seed: 2 })
  const steps = (name: string) =>
    readFileSync(join(run(name), 'metrics.jsonl'), 'utf8')
      .split('\n')
      .filter(line => line.includes('"loss"')).length
  t.equal(steps('people'), 10)
  t.equal(steps('parts'), 20)
})
