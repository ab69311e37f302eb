import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { faceRecords } from '../drawn-faces.js'
import { runDoctor, streamOf } from '../shell.js'

const folder = mkdtempSync(join(tmpdir(), 'record-doctor-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const records = await faceRecords(4, 2)
const names = ['Ann', '<b>Bob</b>', 'Cleo\u001b[2J', 'Dan']
const clean = streamOf(folder, records, { count: 8, classes: 4, names })
const copied = [...records, { ...records[0]!, id: 8, label: 1 }, { ...records[4]!, id: 9 }]
const sick = streamOf(folder, copied, { classes: 4, names, source: 'train.rec' })

test('exit code 0 and a line when there is nothing to find', async t => {
  const { status, stdout, stderr } = runDoctor([], clean)
  t.strictSame({ status, stdout }, { status: 0, stdout: '8 images of 4 people, 112x112\nnothing found\n' })
  t.match(stderr, /^record-doctor: 8 images, [\d.]+ KB in [^\n]+\n$/)
})

test('exit code 3 and a table when there is', async t => {
  t.strictSame(runDoctor(['--quiet'], sick), {
    status: 3,
    stdout: `10 images of 4 people, 112x112
two-labels          1 finding       2 images       0 (label 0 (Ann)), 8 (label 1 (<b>Bob</b>)): the same bytes
exact-duplicate     1 finding       2 images       label 2 (Cleo�[2J): 4, 9: the same bytes
`,
    stderr: '',
  })
})

test('writes JSON and report, and does not replace them unasked', async t => {
  const dir = t.testdir()
  const [json, report] = [join(dir, 'a.json'), join(dir, 'a.html')]
  const files = ['--json', json, '--report', report, '--tmp', dir, '--quiet']
  t.equal(runDoctor(files, sick).status, 3)
  t.strictSame(readdirSync(dir).sort(), ['a.html', 'a.json'])
  const { findings, ...rest } = JSON.parse(readFileSync(json, 'utf8'))
  t.strictSame(rest, {
    images: 10,
    people: 4,
    usual_size: '112x112',
    tests: [],
    counts: {
      'two-labels': 1,
      undecodable: 0,
      'looks-damaged': 0,
      blank: 0,
      'bad-label': 0,
      'exact-duplicate': 1,
      'near-duplicate': 0,
      'mirrored-duplicate': 0,
      'look-alike': 0,
      'odd-size': 0,
      'few-images': 0,
      'empty-label': 0,
    },
  })
  t.strictSame(findings[0], {
    kind: 'two-labels',
    images: [
      { index: 0, id: 0, label: 0 },
      { index: 8, id: 8, label: 1 },
    ],
    links: [{ a: 0, b: 8, likeness: 'exact', distance: 0 }],
  })
  t.match(readFileSync(report, 'utf8'), '<title>Dataset check: train.rec</title>')
  t.match(runDoctor(['--report', report], sick), {
    status: 1,
    stderr: `record-doctor: ${report}: exists already; --force replaces it\n`,
  })
  const before = readFileSync(report)
  t.equal(runDoctor([...files, '--force', '--threads', '1'], sick).status, 3)
  t.ok(before.equals(readFileSync(report)), 'the same page again')
})

test('--json - leaves stdout to the JSON', async t => {
  const { status, stdout, stderr } = runDoctor(['--json', '-', '--quiet'], sick)
  t.equal(status, 3)
  t.equal(JSON.parse(stdout).findings.length, 2)
  t.match(stderr, /^10 images of 4 people/)
})

test('a stream that breaks off leaves no output', async t => {
  const dir = t.testdir()
  const { status, stderr, stdout } = runDoctor(
    ['--json', join(dir, 'a.json'), '--report', join(dir, 'a.html')],
    sick.subarray(0, 9000),
  )
  t.equal(status, 1)
  t.equal(stdout, '')
  t.match(stderr, /^record-doctor: train.rec: [^\n]+\n$/)
  t.strictSame(readdirSync(dir), [])
})

test('failures are one line', async t => {
  const dir = t.testdir({ 'a.bin': 'no pickle' })
  const cases: [string[], number, RegExp][] = [
    [['--test', join(dir, 'a.bin')], 1, /a\.bin: byte 0: expected/],
    [['--report', join(dir, 'a.html'), '--tmp', join(dir, 'no')], 1, /no such file/],
    [['--threads', '0'], 2, /--threads.* 1/],
    [['train.rec'], 2, /too many arguments/],
  ]
  for (const [args, expected, message] of cases) {
    const { status, stdout, stderr } = runDoctor(args, clean)
    t.equal(status, expected, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^record-doctor: [^\n]+\n$/)
    t.match(stderr, message)
  }
  t.strictSame(readdirSync(dir).sort(), ['a.bin'])
})

test('a dataset without images is an error; labels of several numbers are said once', async t => {
  const none = streamOf(folder, [{ id: 'h', recordio: { role: 'header' } }], { source: 'train.rec' })
  t.strictSame(runDoctor([], none), {
    status: 1,
    stdout: '',
    stderr: 'record-doctor: train.rec: expected a dataset with images, found none\n',
  })
  const vectors = records.map(({ label, ...rest }) => ({ ...rest, label: tensorOf(Float32Array.of(Number(label), 1)) }))
  const { status, stderr } = runDoctor([], streamOf(folder, vectors))
  t.equal(status, 0)
  t.match(stderr, /^[^\n]+\nrecord-doctor: 8 labels are several numbers: the first is taken for the person\n$/)
})

test('bare data maps with --unframed', async t => {
  const bare = join(folder, 'bare')
  writeFileSync(bare, Buffer.from([0x81, 0xa2, 0x69, 0x64, 0x07])) // {id: 7}
  const { status, stdout } = runDoctor(['--unframed', '--quiet'], readFileSync(bare))
  t.equal(status, 3)
  t.match(
    stdout,
    /undecodable +1 finding +1 image +the record has no image: 7\nbad-label +1 finding +1 image +no label: 7\n$/,
  )
})
