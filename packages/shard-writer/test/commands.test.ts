/** What the write, gather and merge commands of every format have in common, with a format of nothing but lines. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { readManifest, requireImage } from '../src/index.js'
import { fakeImage, filesOf, scratch, writeShards } from './fixtures.js'

const PROGRAM = fileURLToPath(new URL('lines-commands.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

function run(command: 'write' | 'gather' | 'merge', args: string[], input?: Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TSX, PROGRAM, command, ...args], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const faces = (from: number, to: number): DataMap[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, label: (from + i) % 5, image: fakeImage(from + i) }))

async function streamOf(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

t.test('a record stream becomes the shards that the library writes', async t => {
  const folder = scratch(t, 'expected')
  const [out, expected] = ['out', 'expected'].map(name => join(folder, name)) as [string, string]
  const begin = { classes: 5, source: 'faces.rec' }
  writeShards(faces(0, 20), { folder: expected, shards: 3, seed: 7, compression: 'gzip', begin })
  const options = ['--out', out, '--shards', '3', '--shuffle', '7', '--compress', 'gzip']
  const stream = await streamOf(faces(0, 20), begin)
  const { status, stdout, stderr } = run('write', options, stream)
  t.strictSame([status, stdout], [0, ''])
  t.match(stderr, /^lines-write: 20 records, .* in [\d.]+ s, /)
  t.strictSame(filesOf(out), filesOf(expected))
  t.match(run('write', options, stream), { status: 1, stderr: /--force/ })
  t.strictSame(run('write', [...options, '--force', '--quiet'], stream), { status: 0, stdout: '', stderr: '' })
})

t.test('parts that many machines write become the set that one writes', async t => {
  const folder = scratch(t, 'expected')
  const [out, expected] = ['out', 'expected'].map(name => join(folder, name)) as [string, string]
  const options = ['--out', out, '--shards', '4', '--shuffle', '7']
  writeShards(faces(0, 21), { folder: expected, shards: 4, seed: 7 })
  for (const [index, from, to] of [
    [0, 0, 10],
    [1, 10, 21],
  ] as const) {
    const stream = await streamOf(faces(from, to), { part: { index, of: 2, first: from } })
    t.equal(run('write', [...options, '--part', `${index}/2`], stream).status, 0)
  }
  t.match(run('merge', [out]), { status: 1, stdout: '', stderr: /^lines-merge: .*out: expected parts / })
  for (const part of ['0/2', '1/2']) {
    const { status, stderr } = run('gather', [out, '--part', part])
    t.equal(status, 0, stderr)
    t.match(stderr, /^lines-gather: \d+ records/)
  }
  t.strictSame(run('merge', [out]), { status: 0, stdout: '', stderr: `lines-merge: ${out}: 21 records in 4 shards\n` })
  t.equal(readManifest(out, 'lines')!.count, 21)
  t.strictSame(filesOf(out), filesOf(expected))
})

t.test('what a command is not to be called with', async t => {
  const out = join(scratch(t), 'out')
  const stream = await streamOf(faces(0, 2))
  for (const [args, message] of [
    [[], /required option '--out <dir>' not specified/],
    [['--out', out, '--shards', '0'], /--shards 0: expected a whole number of at least 1/],
    [['--out', out, '--shards', '9999999'], /--shards is at most \d+/],
    [['--out', out, '--compress', 'zlib'], /--compress zlib: expected gzip/],
    [['--out', out, '--part', '0/2', '--shuffle', '1', '--tmp', '/tmp'], /--tmp does not go with --part and --shuffle/],
  ] as const) {
    const { status, stdout, stderr } = run('write', [...args], stream)
    t.strictSame([status, stdout], [2, ''])
    t.match(stderr, message)
  }
  t.match(run('gather', [out]), { status: 2, stderr: /required option '--part <i\/n>'/ })
})

t.test('an image is one that a training can read', async t => {
  t.equal(requireImage({ image: Buffer.from('ffd8ffe0', 'hex') }), 'jpeg')
  t.equal(requireImage({ image: Buffer.from('89504e470d0a1a0a', 'hex') }), 'png')
  for (const [record, found] of [
    [{ image: Buffer.from('BM and more than that, as bitmaps have it') }, /\w/],
    [{ image: Buffer.alloc(20, 7) }, 'bytes of no known format'],
    [{ id: 1, label: 2 }, 'id, label'],
    [{}, 'an empty map'],
  ] as const)
    t.throws(() => requireImage(record), { name: 'DataError', expected: 'a JPEG or PNG as image', found })
})
