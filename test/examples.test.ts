/**
 * The commands of README.md, of the packages' READMEs and of every --help, as they are written there, on small data under the names
 * that they use; and of every other page, by which test its commands are run, or why not.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedDetector } from '@tiny-face/face-aligner'
import t, { type Test } from 'tap'
import { commandDefinitions, textAfterHelp } from '../tools/command-definitions.js'
import { scripts } from './doc-blocks.js'
import { exampleFolder } from './example-folder.js'
import { hasJq } from './has-jq.js'
import { shell } from './shell.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Pages of docs whose commands are run here; each other one has a test that reads it. */
const PAGES = ['docs/preprocessing.md', 'docs/speed.md']

/** What no test can run as it stands: blocks that have these words, and why. Each is there, else the list is not up to date. */
const NOT_RUN: readonly [words: string, why: string][] = [
  ['npm run demo', 'sets up the project and trains for minutes; the acceptance of a release'],
  ['npm test', 'is what runs this'],
  ['npm run enrol', 'sets up the project; test/face-names.test.ts runs what it calls'],
  ['npm run web', 'the same'],
  ['npm run bench', 'takes hours, and PyTorch and TensorFlow beside it'],
  ['engine-install', 'downloads 48 MB to 2.2 GB, and removes what is installed; CI runs it'],
  ['--from face-api', 'downloads the network; test/weights-doc.test.ts runs it where it is here'],
  ['face-align --install', 'downloads the detector; CI runs it'],
  ['face-web --gallery', 'serves until it is ended; packages/face-web tests it'],
  ['# each of ', 'one task of many: needs the others; test/array-jobs.test.ts runs all'],
  ['qdrant', 'needs a server; packages/face-gallery/test/qdrant.test.ts runs these against what stands in for it'],
  ['tools/peers/', 'needs environments with MXNet, TensorFlow and PyTorch, which tools/peers/run makes'],
]

/** What makes trainings short, asks of few people what few can tell, and replaces files: READMEs show several ways to write one. */
const SHORT = `
arcface-train() { command arcface-train "$@" --network mobilefacenet --batch-size 16 --stop-after 1 --force; }
record-doctor() { command record-doctor "$@" --force || [ $? = 3 ]; }
tfrecord-write() { case "$*" in *--resume*) command tfrecord-write "$@" ;; *) command tfrecord-write "$@" --force ;; esac; }
wds-write() { rm -rf shards; command wds-write "$@"; }
recordio-index() { case "$*" in *--check*) command recordio-index "$@" ;; *) command recordio-index "$@" --force ;; esac; }
face-calibrate() { command face-calibrate "$@" --far 1e-2 --force; }
for name in arcface-export arcface-import bin-write face-verify face-verify-templates image-write recordio-write; do
  eval "$name() { command $name \\"\\$@\\" --force; }"
done
# Should one slip through: a test changes nothing outside of its folder, and asks no network.
for name in curl engine-install npm pip; do eval "$name() { echo '$name is not for a test' >&2; return 1; }"; done
`
const canAlign = installedDetector('yunet') !== undefined
if (!canAlign) console.log('# skipped: face-align --install yunet')

const made = mkdtempSync(join(tmpdir(), 'examples-'))
t.teardown(() => rmSync(made, { recursive: true }))
/** Lines that a README has as well run once. */
const ran = new Set<string>()
const left = new Set(NOT_RUN.map(([words]) => words))

t.test('the examples', { timeout: 900_000 }, async t => {
  await exampleFolder(join(made, 'all'))
  for (const name of readdirSync(join(root, 'packages'))) {
    const page = `packages/${name}/README.md`
    runs(t, page, scripts(readFileSync(join(root, page), 'utf8')))
  }
  for (const page of ['README.md', ...PAGES, 'tools/peers/README.md'])
    runs(t, page, scripts(readFileSync(join(root, page), 'utf8')))
  for (const { program } of await commandDefinitions()) {
    const { example } = textAfterHelp(program)
    if (example.split('\n').every(line => ran.has(line))) continue
    runs(t, `${program.name()} --help`, [`${example}\n`])
  }
  t.strictSame([...left], [], 'what cannot be run is there')
})

t.test('every other page of docs with commands has a test that reads it', async t => {
  const here = join(root, 'test')
  const tests = readdirSync(here).filter(name => name.endsWith('.test.ts'))
  const sources = tests.map(name => readFileSync(join(here, name), 'utf8'))
  for (const name of readdirSync(join(root, 'docs')).filter(name => name.endsWith('.md'))) {
    const page = `docs/${name}`
    if (PAGES.includes(page) || [...scripts(readFileSync(join(root, page), 'utf8'))].length === 0) continue
    t.ok(
      sources.some(source => source.includes(`'../${page}'`)),
      page,
    )
  }
})

/** Runs the scripts of a page one after another in a folder of their own. */
function runs(t: Test, page: string, found: Iterable<string>): void {
  const runnable = [...found].map(script => runnableOf(script)).filter(script => script.trim() !== '')
  if (runnable.length === 0) return
  const folder = join(made, 'page')
  cpSync(join(made, 'all'), folder, { recursive: true })
  if (page.includes('webdataset') || page.startsWith('wds')) {
    rmSync(join(folder, 'shards'), { recursive: true })
    shell('image-dump aligned | command wds-write --out shards', folder)
  }
  if (runnable.join().includes('enrol people.gallery')) rmSync(join(folder, 'people.gallery'))
  for (const script of runnable) {
    if ((script.includes('face-align') && !canAlign) || (/\bjq\b/.test(script) && !hasJq)) {
      t.pass(page, { skip: true })
      continue
    }
    for (const line of script.split('\n')) ran.add(line.replace(/ +#.*/, ''))
    const { status, stderr } = shell(`set -eu\n${SHORT}\n${script}`, folder, { pipefail: true })
    t.equal(status, 0, `${page}: exit code ${status}\n${script}\n${stderr}`)
  }
  rmSync(folder, { recursive: true })
}

/** A script without the commands that no test can run: lines of it, or all where its commands go over several lines. */
function runnableOf(script: string): string {
  const words = NOT_RUN.map(([words]) => words).filter(words => script.includes(words))
  for (const found of words) left.delete(found)
  if (words.length === 0) return script
  const lines = script.split('\n')
  if (lines.some(line => /^\s|\\$/.test(line))) return ''
  return lines.filter(line => !words.some(found => line.includes(found))).join('\n')
}
