import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { type IjbSet, recordsOf } from '../templates/ijb-sets.js'

const command = fileURLToPath(new URL('../../src/commands/face-verify-templates.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'face-verify-templates-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const [set] = readFileSync(new URL('../fixtures/ijb-sets.jsonl', import.meta.url), 'utf8')
  .split('\n', 1)
  .map(line => JSON.parse(line) as IjbSet) as [IjbSet]
const file = (name: string, lines: readonly (readonly unknown[])[]) => {
  writeFileSync(join(folder, name), lines.map(line => `${line.join(' ')}\n`).join(''))
  return join(folder, name)
}
const templates = file('tid_mid.txt', set.lines)
const pairs = file('pairs.txt', set.pairs)
const scores = file(
  'scores.txt',
  set.scores!.map((score, i) => [set.lines[i]![0], 1, 2, score]),
)
const lists = ['--templates', templates, '--pairs', pairs, '--scores', scores]

function streamOf(records: DataMap[]): Buffer {
  const path = join(folder, 'stream')
  const writer = new RecordWriter(openSync(path, 'w'), { source: 'ijb' })
  for (const record of records) writer.write(record)
  writer.end()
  return readFileSync(path)
}
const stream = streamOf(recordsOf(set))

function run(args: string[], input: Uint8Array = stream) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', command, ...args], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('prints the table and writes the JSON', async t => {
  const json = join(folder, 'a.json')
  const { status, stdout } = run([...lists, '--json', json])
  t.equal(status, 0)
  const same = set.pairs.filter(([, , same]) => same === 1).length
  const different = set.pairs.length - same
  const [head, ...rows] = stdout.split('\n')
  t.equal(
    head,
    `${set.pairs.length} pairs of ${new Set(set.lines.map(([, id]) => id)).size} templates, ${same} same and ${different} different; ${set.lines.length} images, with mirror images`,
  )
  t.match(
    rows[5],
    new RegExp(
      `^TAR@FAR=1e-1  ${set.tar['1e-1'][0].toFixed(4)} {4}FAR \\S+, ${Math.round(set.tar['1e-1'][1] * different)} pairs?; cosine from -?0\\.\\d{4}$`,
    ),
  )
  t.equal(rows[6], `AUC           ${set.auc.toFixed(4)}`)
  t.equal(
    rows[7],
    `* FAR 1e-6, 1e-5, 1e-4, 1e-3${different < 100 ? ', 1e-2' : ''}: finer than ${different} different pairs can tell.`,
  )
  const figures = JSON.parse(readFileSync(json, 'utf8'))
  t.match(figures, { images: set.lines.length, pairs: set.pairs.length, same, flip: true })
  t.ok(Math.abs(figures.tar['1e-1'].far - set.tar['1e-1'][1]) < 1e-12)
  t.equal(run([...lists, '--json', '-', '--quiet']).stdout, readFileSync(json, 'utf8'))
})

test('says how many images no template has', async t => {
  const other = { id: 'other.jpg', embedding: tensorOf(Float32Array.of(1)) }
  const { status, stderr } = run(lists, streamOf([other, ...recordsOf(set)]))
  t.equal(status, 0)
  t.match(stderr, `left out 1 image that ${templates} does not name\n`)
})

test('bad input is one line, exit code 1, and no file', async t => {
  const json = join(folder, 'none.json')
  const bad = file('bad.txt', [...set.pairs, [1, 2]])
  for (const [args, input, message] of [
    [
      ['--templates', templates, '--pairs', bad],
      stream,
      `${bad}: line ${set.pairs.length + 1}, expected two template ids, and 1 for one person or 0 for two, found "1 2"`,
    ],
    [lists, streamOf(recordsOf(set).slice(1)), `ijb: ${set.lines[0]![0]} of ${templates} is not in the stream`],
    [['--templates', 'missing.txt', '--pairs', pairs], stream, 'missing.txt: no such file or directory'],
    [lists, stream.subarray(0, 200), /stopped/],
  ] as const) {
    const { status, stdout, stderr } = run([...args, '--json', json, '--quiet'], input)
    t.equal(status, 1)
    t.equal(stdout, '')
    if (typeof message === 'string') t.equal(stderr, `face-verify-templates: ${message}\n`)
    else t.match(stderr, message)
    t.notOk(existsSync(json))
  }
  t.match(run([]), { status: 2, stderr: /--templates/ })
})
