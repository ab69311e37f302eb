import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { calibrate } from '../../src/calibrate/calibrate.js'
import { calibrationJson, readCalibration } from '../../src/calibrate/calibration-file.js'
import { calibrationTable } from '../../src/calibrate/calibration-table.js'
import { collectFaces } from '../../src/faces/labelled-faces.js'

const command = fileURLToPath(new URL('../../src/commands/face-calibrate.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'face-calibrate-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const model = { name: 'a.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
// 30 people of 4 faces each.
const records = Array.from({ length: 120 }, (_, i): DataMap => {
  const person = i >> 2
  const wave = (shift: number) =>
    Float32Array.from(
      { length: 16 },
      (_, k) => Math.sin(person * 7 + k * (1 + (person % 5))) + 0.2 * Math.cos(i * 13 + k + shift),
    )
  return {
    id: i,
    label: 100 + person,
    image: Buffer.alloc(i % 7),
    embedding: tensorOf(wave(0)),
    flipped: tensorOf(wave(1)),
  }
})
const stream = written('faces', records, { source: 'people', model })

function written(name: string, maps: DataMap[], begin: BeginFields): Buffer {
  const path = join(folder, name)
  const writer = new RecordWriter(openSync(path, 'w'), begin)
  for (const map of maps) writer.write(map)
  writer.end()
  return readFileSync(path)
}

function run(args: string[], input: Uint8Array = stream) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', command, '--quiet', ...args], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('prints the table and writes the file, which reads back', async t => {
  const expected = { ...(await calibrate(collectFaces(records), 0.01)), model }
  const file = join(folder, 'threshold.json')
  t.strictSame(run(['--far', '1e-2', '--json', file]), { status: 0, stdout: calibrationTable(expected), stderr: '' })
  t.strictSame(readCalibration(file), expected)
  t.strictSame(run(['--far', '1e-2', '--json', file]), {
    status: 1,
    stdout: '',
    stderr: `face-calibrate: ${file}: exists already; --force replaces it\n`,
  })
  t.strictSame(run(['--far', '0.01', '--json', '-']), {
    status: 0,
    stdout: calibrationJson(expected),
    stderr: calibrationTable(expected),
  })
})

test('bad input is one line, exit code 1, and no file', async t => {
  const file = join(folder, 'none.json')
  const one = records.slice(0, 4)
  for (const [far, input, message] of [
    [
      '1e-4',
      stream,
      'people: expected at least 30000 pairs of people (246 people) for a false accept rate of 0.0001, found 30 people who are worth 435 pairs and support none below 6.9e-3',
    ],
    ['0.01', written('one', one, { source: 'people' }), 'people: expected faces of several people, found of one only'],
    ['0.01', written('none', [], { source: 'people' }), 'people: expected faces with embeddings, found no record'],
    [
      '0.01',
      written('unlabelled', [{ id: 'x', embedding: records[0]!.embedding! }], { source: 'people' }),
      'people: record 0 (id x): no label: it says who is in the picture, a number for each person',
    ],
    ['0.01', stream.subarray(0, stream.length - 20), /^face-calibrate: people: .*stopped .*\n$/],
  ] as const) {
    const { status, stdout, stderr } = run(['--far', far, '--json', file], input)
    t.equal(status, 1)
    t.equal(stdout, '')
    if (typeof message === 'string') t.equal(stderr, `face-calibrate: ${message}\n`)
    else t.match(stderr, message)
    t.notOk(existsSync(file))
  }
})

test('usage', async t => {
  t.match(run(['--help']).stdout, 'face-calibrate --far 1e-4')
  t.match(run([]), { status: 2, stderr: /--far/ })
  for (const far of ['0', '-1', '0.2', 'often', ''])
    t.match(run(['--far', far]), { status: 2, stderr: /over 0 and at most 0\.1/ })
})
