import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, decodeRecords, encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { faces, fakeImage, scratch, tarOf } from '../fixtures.js'

function run(command: string, args: string[], input?: Uint8Array) {
  const bin = fileURLToPath(new URL(`../../bin/${command}.js`, import.meta.url))
  // Without what tap loads into every child: three times as fast.
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { env, input, maxBuffer: 1 << 28 })
  return { status, stdout, stderr: stderr.toString() }
}

async function streamOf(records: Iterable<DataMap>, begin = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

async function recordsIn(stream: Uint8Array): Promise<DataMap[]> {
  const records: DataMap[] = []
  for await (const record of decodeRecords([stream])) records.push(structuredClone(record))
  return records
}

t.test('a stream as shards and back, its attributes too', async t => {
  const folder = join(scratch(t), 'shards')
  const records = [...faces(30)].map(face => ({ ...face, age: 20 + (face.id as number) }))
  const stream = await streamOf(records, { names: ['Ann'], source: 'faces.rec' })
  const write = run(
    'wds-write',
    ['--out', folder, '--shards', '3', '--shuffle', '1', '--compress', 'gzip', '--quiet'],
    stream,
  )
  t.same([write.status, write.stderr], [0, ''])
  t.match(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')), {
    format: 'webdataset',
    count: 30,
    seed: 1,
    compression: 'gzip',
  })
  const dump = run('wds-dump', [folder])
  t.match(dump.stderr, /^wds-dump: 30 records, .* in .* s, .*\n$/)
  const found = await recordsIn(dump.stdout)
  t.same(
    found.sort((a, b) => Number(a.id) - Number(b.id)),
    records,
  )
  t.match(run('wds-write', ['--out', folder], stream), { status: 1, stderr: /holds a manifest\.json already; --force/ })
  t.match(run('wds-write', ['--out', folder, '--compress', 'zlib'], stream), {
    status: 2,
    stderr: /--compress zlib: expected gzip /,
  })
})

t.test('what was left out is said', t => {
  const path = join(t.testdir(), 'x.tar')
  writeFileSync(path, tarOf({ 'a.webp': '', 'a.cls': '1', 'b.jpg': fakeImage(1), 'c.jpg': fakeImage(2) }))
  const { status, stderr } = run('wds-dump', [path])
  t.equal(status, 0)
  t.match(
    stderr,
    'wds-dump: left out 1 sample without a JPEG or PNG as .jpg, .jpeg or .png; the first has .webp, .cls\n',
  )
  t.match(stderr, 'wds-dump: 2 samples with an image but no whole number as .cls: passed on without a label\n')
  writeFileSync(path, tarOf({ 'a.webp': '' }))
  t.match(run('wds-dump', [path]), {
    status: 1,
    stderr: /^wds-dump: .*x\.tar: expected at least one sample with an image/,
  })
  t.end()
})
