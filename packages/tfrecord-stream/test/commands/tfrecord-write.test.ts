import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { readManifest } from '../../src/index.js'
import { fakeImage, scratch } from '../fixtures.js'

const faces = Array.from({ length: 50 }, (_, id) => ({ id, label: id % 5, image: fakeImage(id, 60_000) }))
const chunks: Uint8Array[] = []
for await (const chunk of encodeRecords(faces, { count: 50, classes: 5, source: 'faces.rec' })) {
  chunks.push(Uint8Array.from(chunk))
}
const stream = Buffer.concat(chunks)

function run(name: string, args: string[], input: Uint8Array = stream) {
  const bin = fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { input, maxBuffer: 1 << 28 })
  return { status, stdout: stdout.toString(), stderr: stderr.toString() }
}

const write = (...args: string[]) => run('tfrecord-write', args)

t.test('all options together, resumed, verified', t => {
  const dir = t.testdir({ tmp: {} })
  const out = join(dir, 'out')
  const options = [
    ...['--out', out, '--shards', '4', '--shuffle', '7', '--memory', '1MiB', '--tmp', join(dir, 'tmp')],
    ...['--compress', 'gzip', '--image-key', 'image/encoded', '--label-key', 'image/class/label'],
  ]
  const half = run('tfrecord-write', options, stream.subarray(0, stream.length - 500_000))
  t.equal(half.status, 1)
  t.match(
    half.stderr,
    /^tfrecord-write: keeps what is done for --resume: the first \d+ records are on disk\ntfrecord-write: faces\.rec: .*stopped .*\n$/,
  )
  t.same(readdirSync(out), ['write.partial'])
  const other = write(...options.slice(0, -1), 'label', '--resume')
  t.same(
    [other.status, other.stderr],
    [
      1,
      `tfrecord-write: ${out}/write.partial: expected --label-key image/class/label, as in the run to resume, found --label-key label; without --resume all is written anew\n`,
    ],
  )
  const rest = write(...options, '--resume')
  t.equal(rest.status, 0)
  t.match(
    rest.stderr,
    /^tfrecord-write: .*out: resumes; the first \d+ records are on disk\ntfrecord-write: 50 records, 3\.0 MB in .*\n$/,
  )
  t.same(readdirSync(join(dir, 'tmp')), [])
  t.same(readdirSync(out), ['manifest.json', ...[0, 1, 2, 3].map(shard => `train-0000${shard}-of-00004.tfrecord.gz`)])
  t.match(readManifest(out), {
    version: 1,
    writer: /^tiny-face \d+\.\d+\.\d+$/,
    compression: 'gzip',
    keys: { image: 'image/encoded', label: 'image/class/label' },
    seed: 7,
    source: 'faces.rec',
    classes: 5,
    shards: [{ count: 12 }, { count: 13 }, { count: 12 }, { count: 13 }],
  })
  const again = write(...options, '--resume')
  t.same([again.status, again.stderr.split('\n')[0]], [0, `tfrecord-write: ${out}: is complete already`])
  const verified = run('tfrecord-verify', [out])
  t.same([verified.status, verified.stdout], [0, ''])
  t.match(verified.stderr, /^tfrecord-verify: 50 records, 3\.0 MB in .*\n$/)
  const one = join(out, 'train-00002-of-00004.tfrecord.gz')
  writeFileSync(one, readFileSync(one).subarray(0, -1))
  const damaged = run('tfrecord-verify', ['--quiet', out, join(dir, 'tmp')])
  t.equal(damaged.status, 1)
  t.match(
    damaged.stdout,
    /^.*gz: expected \d+ bytes, found \d+\n.*gz: .*GZIP.*\n.*tmp: expected a manifest\.json, found none\n$/,
  )
  t.equal(damaged.stderr, 'tfrecord-verify: 3 problems found\n')
  t.end()
})

t.test('what is typed wrong', t => {
  for (const [args, message] of [
    [['--compress', 'brotli'], /--compress.*gzip or zlib/],
    [['--memory', '1GiBs'], /--memory 1GiBs: expected a size such as 512MiB/],
    [['--memory', '100'], /of at least 1048576 bytes/],
    [['--shuffle', '-1'], /--shuffle -1: expected a whole number from 0 to/],
    [['--image-key', 'label'], /one feature, label, cannot hold both/],
  ] as const) {
    t.match(write('--out', join(t.testdir(), 'out'), ...args), { status: 2, stderr: message })
  }
  t.match(run('tfrecord-verify', []), { status: 2, stderr: /dirs/ })
  t.end()
})

t.test('an output that cannot be: one line, nothing touched', t => {
  const dir = t.testdir({ file: 'theirs', taken: { 'train-00000-of-00001.tfrecord': 'theirs' } })
  for (const [args, message] of [
    [['--out', join(dir, 'file')], 'file: expected a folder, found a file'],
    [['--out', join(dir, 'file/out')], 'file/out: not a directory'],
    [['--out', join(dir, 'taken')], 'taken/train-00000-of-00001.tfrecord: exists already; --force replaces it'],
    [
      ['--out', join(dir, 'taken'), '--resume'],
      'taken/train-00000-of-00001.tfrecord: exists already; --force replaces it',
    ],
  ] as const) {
    const { status, stderr } = write(...args)
    t.same([status, stderr], [1, `tfrecord-write: ${dir}/${message}\n`])
  }
  t.equal(readFileSync(join(dir, 'file'), 'utf8'), 'theirs')
  t.same(readdirSync(join(dir, 'taken')), ['train-00000-of-00001.tfrecord'])
  t.end()
})

// Of this test and the next, a person can run one only: root may write anywhere, and none but root may mount.
t.test('a folder that may not be written', t => {
  if (process.getuid?.() === 0) {
    t.comment('root may write anywhere')
    t.end()
    return
  }
  const dir = t.testdir()
  chmodSync(dir, 0o555)
  const { status, stderr } = write('--out', join(dir, 'out'))
  // Before the folder is removed, which is before any teardown.
  chmodSync(dir, 0o755)
  t.same([status, stderr], [1, `tfrecord-write: ${dir}/out: permission denied\n`])
  t.end()
})

t.test('a full disk: one line, what was there stays, and nothing half-written has a final name', t => {
  const dir = scratch(t, 'small', 'tmp')
  const small = join(dir, 'small')
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
  if (mounted.status !== 0) {
    t.comment('no file system can be mounted here')
    t.end()
    return
  }
  t.teardown(() => spawnSync('umount', [small]))
  const out = join(small, 'out')
  for (const args of [
    ['--shards', '2'],
    ['--shards', '2', '--shuffle', '1'],
    ['--shards', '2', '--shuffle', '1', '--memory', '1MiB'],
    ['--compress', 'gzip', '--shuffle', '1', '--memory', '1MiB'],
  ]) {
    const { status, stderr } = write('--out', out, ...args)
    t.equal(status, 1, args.join(' '))
    t.match(stderr, /^tfrecord-write: .*small\/out\/write\.partial\/.*: no space left on device\n$/)
    t.same(readdirSync(out), [])
  }
  // The scratch lies elsewhere, and what is finished is kept for when there is room.
  const tmp = join(dir, 'tmp')
  const part = write('--out', out, '--shards', '30', '--shuffle', '1', '--memory', '1MiB', '--tmp', tmp)
  t.equal(part.status, 1)
  t.match(
    part.stderr,
    /^tfrecord-write: keeps what is done for --resume: \d+ shards? (is|are) finished\ntfrecord-write: .*partial.*: no space left on device\n$/,
  )
  t.same(readdirSync(out), ['write.partial'])
  spawnSync('mount', ['-o', 'remount,size=8m', small])
  const rest = write('--out', out, '--shards', '30', '--shuffle', '1', '--tmp', tmp, '--resume')
  t.match(rest, { status: 0, stderr: /resumes; \d+ shards? (is|are) finished/ })
  t.same(readdirSync(tmp), [])
  t.equal(run('tfrecord-verify', [out]).status, 0)
  spawnSync('mount', ['-o', 'remount,ro', small])
  const { status, stderr } = write('--out', join(small, 'more'))
  t.same([status, stderr], [1, `tfrecord-write: ${small}/more: read-only file system\n`])
  t.end()
})
