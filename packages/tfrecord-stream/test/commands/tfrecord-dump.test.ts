import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync, gzipSync } from 'node:zlib'
import { type DataMap, decodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { exampleBytes } from '../../src/index.js'
import { faceExample, fakeImage, tfrecordOf } from '../fixtures.js'

const data = sharedData()

const bin = fileURLToPath(new URL('../../bin/tfrecord-dump.js', import.meta.url))
// Without what tap loads into every child: three times as fast.
const env = { ...process.env, NODE_OPTIONS: '' }

function run(...args: string[]) {
  return spawn(process.execPath, [bin, ...args])
}

function spawn(program: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 1 << 28, env })
  return { status, stdout, stderr: stderr.toString() }
}

async function idsIn(stream: Uint8Array): Promise<DataMap['id'][]> {
  const ids: DataMap['id'][] = []
  for await (const { id } of decodeRecords([stream])) ids.push(id)
  return ids
}

const face = (id: number) => faceExample(fakeImage(id), id)
const plain = tfrecordOf([0, 1, 2, 3, 4, 5, 6].map(face))

t.test('plain, GZIP and ZLIB are one stream; the summary counts images and their bytes', { skip: !data }, t => {
  const dir = t.testdir()
  const path = join(dir, 'x.tfrecord')
  const source = readFileSync(join(data!, 'tfrecord/faces.tfrecord'))
  const dumps = [source, gzipSync(source), deflateSync(source)].map(bytes => {
    writeFileSync(path, bytes)
    return run(path)
  })
  for (const dump of dumps) t.ok(dump.stdout.equals(dumps[0]!.stdout))
  t.match(dumps[0]!.stderr, /^tfrecord-dump: 80 records, 441\.9 KB in [\d.]+ s, \d+ records\/s, .*\/s\n$/)
  t.end()
})

t.test('files, folders and globs, in parts and up to a limit', async t => {
  const dir = t.testdir({ a: {} })
  writeFileSync(join(dir, 'a/1.tfrecord.gz'), gzipSync(plain))
  writeFileSync(join(dir, 'a/2.tfrecords'), plain)
  writeFileSync(join(dir, 'b.tfrec'), plain)
  const paths = [join(dir, 'a'), join(dir, '*.tfrec')]
  const all = Array.from({ length: 21 }, (_, id) => id)
  t.same(await idsIn(run(...paths, '--quiet').stdout), all)
  const parts = await Promise.all([0, 1, 2].map(index => idsIn(run(...paths, '--part', `${index}/3`).stdout)))
  t.same(parts.flat(), all)
  t.ok(parts.every(ids => ids.length > 0))
  t.same(await idsIn(run(...paths, '--part', '2/3', '--limit', '1').stdout), [parts[2]![0]])
  t.match(run(join(dir, '*.rec')), { status: 1, stderr: /\*\.rec: expected files that match, found none\n$/ })
  for (const part of ['3/3', '1', 'x']) t.match(run(...paths, '--part', part), { status: 2, stderr: /--part/ })
})

t.test('a pipe is read, but not in parts', { skip: process.platform === 'win32' }, async t => {
  const path = join(t.testdir(), 'x.tfrecord.gz')
  writeFileSync(path, gzipSync(plain))
  const piped = (options: string) =>
    spawn('sh', ['-c', `cat "$0" | "$1" "$2" /dev/stdin ${options}`, path, process.execPath, bin])
  t.same(await idsIn(piped('').stdout), [0, 1, 2, 3, 4, 5, 6])
  t.match(piped('--part 0/2'), { status: 1, stderr: /\/dev\/stdin: expected a file, .*, found a pipe or device\n$/ })
})

t.test('what is left out, or has no label, is said; --quiet says nothing', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const other = exampleBytes({ image: fakeImage(7), label: 7 }, { image: 'image/encoded', label: 'image/class/label' })
  writeFileSync(path, Buffer.concat([plain, tfrecordOf([other])]))
  const keys = ['--image-key', 'image/encoded', '--label-key', 'image/class/label']
  t.match(
    run(path, ...keys).stderr,
    /^tfrecord-dump: left out 7 records without one image as image\/encoded \(--image-key\); the first has image_raw, label; --all keeps all\ntfrecord-dump: 1 records?, /,
  )
  t.match(
    run(path, '--label-key', 'class').stderr,
    /\ntfrecord-dump: 7 records with an image but no number as class \(--label-key\): passed on without one\n/,
  )
  t.same(run(path, ...keys, '--quiet').stderr, '')
  t.match(run(path, '--image-key', 'jpeg'), {
    status: 1,
    stderr:
      /^tfrecord-dump: .*x\.tfrecord: expected at least one record with an image as jpeg \(--image-key\), found 8 without; the first has image_raw, label; --all keeps all\n$/,
  })
  t.match(run(path, '--label-key', 'image_raw'), { status: 2, stderr: /one feature, image_raw, cannot hold both/ })
  t.end()
})

t.test('damage is one line, with a place', t => {
  const path = join(t.testdir(), 'x.tfrecord.gz')
  const file = gzipSync(plain, { level: 0 })
  const failure = (bytes: Uint8Array) => {
    writeFileSync(path, bytes)
    const { status, stderr } = run(path)
    t.equal(status, 1)
    return stderr
  }
  t.match(
    failure(file.subarray(0, 99)),
    /^tfrecord-dump: .*x\.tfrecord\.gz: byte 99: expected a whole GZIP file, found the end of the file \(unexpected end of file\)\n$/,
  )
  t.match(
    failure(Buffer.concat([file, Buffer.alloc(3)])),
    new RegExp(`: byte ${file.length}: expected the end of the file, found more, behind the end of GZIP\n$`),
  )
  // Far enough from the end for the CRC of the record to be looked at before that of the file.
  const flipped = gzipSync(tfrecordOf([Buffer.alloc(70_000), Buffer.alloc(70_000)]), { level: 0 })
  flipped[60]! ^= 1
  t.match(
    failure(flipped),
    /x\.tfrecord\.gz \(unpacked\): byte 0: record 0: expected masked CRC-32C 0x\w{8} of the data, found 0x\w{8}\n$/,
  )
  t.end()
})
