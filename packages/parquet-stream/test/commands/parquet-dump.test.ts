import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type DataMap, decodeRecords } from '@tiny-face/record-stream'
import t from 'tap'

const files = JSON.parse(readFileSync(fileURLToPath(new URL('../python-parquet.json', import.meta.url)), 'utf8'))
const bin = fileURLToPath(new URL('../../bin/parquet-dump.js', import.meta.url))

function run(...args: string[]) {
  // Without what tap loads into every child: three times as fast.
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { env, maxBuffer: 1 << 28 })
  return { status, stdout, stderr: stderr.toString() }
}

function write(folder: string, name: string): string {
  const path = join(folder, 'x.parquet')
  writeFileSync(path, gunzipSync(Buffer.from(files[name].file, 'base64')))
  return path
}

t.test('a file as a stream, and what was left out', async t => {
  const { status, stdout, stderr } = run(write(t.testdir(), 'some without'))
  t.equal(status, 0)
  const labels: DataMap['label'][] = []
  for await (const { label } of decodeRecords([stdout])) labels.push(label)
  t.same(labels, [1, undefined])
  t.match(stderr, 'parquet-dump: left out 2 rows without a JPEG or PNG; the first has no image\n')
  t.match(stderr, 'parquet-dump: 1 row with an image but no number as label: passed on without one\n')
  t.match(stderr, /parquet-dump: 2 records, .* in .* s, /)
})

t.test('a failure is one line', t => {
  const path = write(t.testdir(), 'no images')
  const { status, stderr } = run(path)
  t.equal(status, 1)
  t.match(stderr, /^parquet-dump: .*x\.parquet: expected at least one row with a JPEG or PNG, found 2 without; .*\n$/)
  t.end()
})
