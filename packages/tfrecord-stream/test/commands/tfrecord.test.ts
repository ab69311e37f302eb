import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, decodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { faceExample, fakeImage, recordsOf, sha256, tfrecordOf } from '../fixtures.js'

const data = sharedData()

function run(name: string, args: string[], input: Uint8Array = Buffer.of()) {
  const bin = fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args, '--quiet'], {
    input,
    maxBuffer: 1 << 28,
  })
  return { status, stdout, stderr: stderr.toString() }
}

async function recordsIn(stream: Uint8Array): Promise<DataMap[]> {
  const records: DataMap[] = []
  for await (const record of decodeRecords([stream])) records.push(structuredClone(record))
  return records
}

t.test('files of TensorFlow through a pipe and back, byte for byte', { skip: !data }, async t => {
  for (const name of ['faces.tfrecord', 'odd.tfrecord', 'faces.tfrecord.gz']) {
    const folder = join(t.testdir(), 'copy')
    const dump = run('tfrecord-dump', ['--all', join(data!, 'tfrecord', name)])
    t.same([dump.status, dump.stderr], [0, ''], name)
    t.equal(run('tfrecord-write', ['--out', folder], dump.stdout).status, 0)
    const copy = readFileSync(join(folder, 'train-00000-of-00001.tfrecord'))
    t.ok(copy.equals(readFileSync(join(data!, 'tfrecord', name.replace('.gz', '')))), name)
  }
  const odd = await recordsIn(run('tfrecord-dump', ['--all', join(data!, 'tfrecord/odd.tfrecord')]).stdout)
  const golden = recordsOf(data!, 'odd.tfrecord')
  t.same(
    odd.map(record => sha256((record.example ?? record.payload)!)),
    golden.map(record => record.sha256),
  )
  t.same(
    odd.flatMap(record => (record.payload === undefined ? [] : [record.id])),
    [8, 9],
    'two are no Examples',
  )
})

t.test('shards: counts, classes and names come back; without --all only images', async t => {
  const path = join(t.testdir(), 'in.tfrecord')
  const folder = join(t.testdir(), 'shards')
  const faces = Array.from({ length: 7 }, (_, id) => faceExample(fakeImage(id), id % 3))
  writeFileSync(path, tfrecordOf([Buffer.of(0), ...faces]))
  const write = run(
    'tfrecord-write',
    ['--out', folder, '--shards', '2', '--shuffle', '1'],
    run('tfrecord-dump', ['--all', path]).stdout,
  )
  t.same([write.status, write.stderr], [0, ''])
  const images = await recordsIn(run('tfrecord-dump', [folder]).stdout)
  t.equal(images.length, 7)
  t.same(
    new Set(images.map(record => Buffer.from(record.image!).toString())),
    new Set(faces.map((_, id) => fakeImage(id).toString())),
  )
  t.same(
    images.map(record => record.example),
    Array(7).fill(undefined),
  )
  t.equal((await recordsIn(run('tfrecord-dump', ['--all', folder]).stdout)).length, 8)

  const again = run('tfrecord-write', ['--out', folder], run('tfrecord-dump', [path]).stdout)
  t.equal(again.status, 1)
  t.match(again.stderr, /^tfrecord-write: .*shards: holds a manifest\.json already; --force replaces .*\n$/)
  t.equal(run('tfrecord-write', ['--out', folder, '--force'], run('tfrecord-dump', [path]).stdout).status, 0)
  t.same(readdirSync(folder).sort(), ['manifest.json', 'train-00000-of-00001.tfrecord'])
})

t.test('failures are one line, and leave nothing behind', t => {
  const dir = t.testdir()
  const path = join(dir, 'x.tfrecord')
  const bytes = tfrecordOf([faceExample(fakeImage(0), 0), faceExample(fakeImage(1), 1)])
  const damaged = Buffer.from(bytes)
  damaged[bytes.length - 20]! ^= 4
  writeFileSync(path, damaged)
  const flipped = run('tfrecord-dump', [path])
  t.equal(flipped.status, 1)
  t.match(
    flipped.stderr,
    /^tfrecord-dump: .*x\.tfrecord: byte \d+: record 1: expected masked CRC-32C 0x\w{8} of the data, found 0x\w{8}\n$/,
  )
  writeFileSync(path, bytes.subarray(0, -1))
  t.match(
    run('tfrecord-dump', [path]).stderr,
    /^tfrecord-dump: .*: record 1: expected \d+ bytes of a record, found the end of the file after \d+\n$/,
  )
  t.match(run('tfrecord-dump', [join(dir, 'none')]), {
    status: 1,
    stderr: /^tfrecord-dump: .*none: no such file or directory\n$/,
  })
  t.match(run('tfrecord-dump', []), { status: 2, stderr: /files/ })

  writeFileSync(path, bytes)
  const stream = run('tfrecord-dump', [path]).stdout
  const cut = run('tfrecord-write', ['--out', join(dir, 'shards')], stream.subarray(0, -1))
  t.equal(cut.status, 1)
  t.match(cut.stderr, /^tfrecord-write: .*stopped .*\n$/)
  t.same(readdirSync(join(dir, 'shards')), [])
  t.match(run('tfrecord-write', ['--out', join(dir, 'shards'), '--shards', '1001'], stream), {
    status: 2,
    stderr: /at most 1000/,
  })
  t.match(run('tfrecord-write', ['--out', join(dir, 'shards'), '--shards', '0'], stream), { status: 2 })
  t.match(run('tfrecord-write', [], stream), { status: 2, stderr: /--out/ })
  t.end()
})
