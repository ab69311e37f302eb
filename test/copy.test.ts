import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { sharedData } from './shared-data.js'
import { shell } from './shell.js'

// The record stream's fields are enough: every file goes through maps and comes back byte for byte.
const data = sharedData()

t.test('RecordIO files and their indices', { skip: data === undefined }, async t => {
  const folder = join(data!, 'recordio')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.rec'))
  t.ok(files.length >= 9)
  for (const file of files) {
    const original = join(folder, file)
    const cwd = t.testdir()
    const { stages, stderr } = shell(`recordio-dump --quiet --all "${original}" | recordio-write --quiet copy.rec`, cwd)
    t.same({ stages, stderr }, { stages: [0, 0], stderr: '' }, file)
    sameBytes(t, join(cwd, 'copy.rec'), readFileSync(original), file)
    const index = original.replace(/\.rec$/, '.idx')
    if (readdirSync(join(original, '..')).some(name => index.endsWith(`/${name}`))) {
      sameBytes(t, join(cwd, 'copy.idx'), readFileSync(index), index)
    }
  }
})

t.test('TFRecord files', { skip: data === undefined }, async t => {
  const folder = join(data!, 'tfrecord')
  const files = readdirSync(folder).filter(name => /\.tfrecord(\.gz)?$/.test(name))
  t.ok(files.length >= 4)
  for (const file of files) {
    if (file === 'empty.tfrecord') continue
    const bytes = readFileSync(join(folder, file))
    const cwd = t.testdir()
    const { stages, stderr } = shell(
      `tfrecord-dump --quiet --all "${join(folder, file)}" | tfrecord-write --quiet --out shards`,
      cwd,
    )
    t.same({ stages, stderr }, { stages: [0, 0], stderr: '' }, file)
    const plain = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
    sameBytes(t, join(cwd, 'shards/train-00000-of-00001.tfrecord'), plain, file)
  }
})

t.test('a TFRecord file of nothing is an error, and becomes nothing', { skip: data === undefined }, async t => {
  const cwd = t.testdir()
  const dump = `tfrecord-dump --all "${join(data!, 'tfrecord/empty.tfrecord')}"`
  const { stages, stderr } = shell(`${dump} | tfrecord-write --quiet --out shards`, cwd)
  t.same(stages, [1, 1])
  t.match(stderr, /tfrecord-dump: .*empty\.tfrecord: expected at least one record, found no record\n/)
  t.notOk(existsSync(join(cwd, 'shards/manifest.json')))
})

/** Compares without printing megabytes where they differ. */
function sameBytes(t: Test, path: string, expected: Buffer, message: string): void {
  t.ok(readFileSync(path).equals(expected), `${message} byte for byte`)
}
