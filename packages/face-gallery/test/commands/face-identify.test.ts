import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { type Calibration, calibrationJson, identificationJson, identificationTable } from '@tiny-face/verifier'
import { test } from 'tap'
import { evaluate } from '../../src/evaluate.js'

const command = fileURLToPath(new URL('../../src/commands/face-identify.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'face-identify-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const model = { name: 'a.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
const calibration: Calibration = {
  far: 1e-3,
  threshold: 0.5,
  cosine: 0.75,
  confidence: 0.95,
  farInterval: [5e-4, 2e-3],
  thresholdInterval: [0.4, 0.6],
  smallestFar: 1e-4,
  impostorPairs: 10_000,
  falseAccepts: 9,
  effectivePairs: 5000,
  people: 300,
  faces: 600,
  facesSeen: 600,
  embeddingSize: 16,
  flip: false,
  model,
}
// 12 people of 4 faces each.
const records = Array.from({ length: 48 }, (_, i): DataMap => {
  const person = i >> 2
  const wave = Float32Array.from(
    { length: 16 },
    (_, k) => Math.sin(person * 7 + k * (1 + (person % 5))) + 0.4 * Math.cos(i * 13 + k),
  )
  return { id: i, label: person, embedding: tensorOf(wave), gallery: i % 4 === 0 && person < 9 }
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
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', command, ...args, '--quiet'], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('evaluate prints the table, and writes the JSON', async t => {
  const threshold = join(folder, 'threshold.json')
  writeFileSync(threshold, calibrationJson(calibration))
  for (const protocol of ['first', 'field'] as const) {
    const { identification, calibrated } = await evaluate(records, protocol, { calibration })
    const table = identificationTable(identification, calibrated)
    t.match(
      table,
      /below 0\.5000 {6}\S+ {4}TPIR, \d+ of \d+, by the threshold for a FAR of 1e-3\nbelow 0\.5000 {6}\S+ {4}FPIR/,
    )
    const file = join(folder, `${protocol}.json`)
    const args = ['evaluate', '--protocol', protocol, '--threshold', threshold]
    t.strictSame(run([...args, '--json', file]), { status: 0, stdout: table, stderr: '' })
    const json = identificationJson(identification, calibrated)
    t.equal(readFileSync(file, 'utf8'), json)
    t.strictSame(run([...args, '--json', '-']), { status: 0, stdout: json, stderr: table })
  }
  const { identification } = await evaluate(records, 'first')
  t.strictSame(run(['evaluate']), { status: 0, stdout: identificationTable(identification), stderr: '' })
  t.match(identification, {
    gallery: { images: 12, people: 12 },
    probes: { images: 36, people: 12 },
    mated: 36,
    strangers: 36,
  })
})

test('bad input is one line, exit code 1, and no file', async t => {
  const json = join(folder, 'none.json')
  const other = join(folder, 'other.json')
  writeFileSync(other, calibrationJson({ ...calibration, model: { ...model, sha256: '00'.repeat(32) } }))
  const broken = join(folder, 'broken.json')
  writeFileSync(broken, '{}')
  for (const [args, input, message] of [
    [
      ['--threshold', other],
      stream,
      `${other}: expected a calibration for embeddings of 16 numbers without mirror images of a.onnx (abababababab, rgb mean=127.5 std=128), found one for embeddings of 16 numbers without mirror images of a.onnx (000000000000, rgb mean=127.5 std=128)`,
    ],
    [['--threshold', broken], stream, /broken\.json: calibration, expected/],
    [['--threshold', join(folder, 'missing.json')], stream, /missing\.json: no such file or directory/],
    [
      ['--protocol', 'field'],
      written('unsaid', [{ ...records[0]!, gallery: undefined }], { source: 'people' }),
      /people: record 0 \(id 0\): expected gallery to be true \(enrolled\) or false \(searched for\), found none/,
    ],
    [
      [],
      written('one', records.slice(0, 1), { source: 'people' }),
      'people: nobody is searched for: nobody has a second image',
    ],
    [[], stream.subarray(0, stream.length - 20), /people: .*stopped/],
  ] as const) {
    const { status, stdout, stderr } = run(['evaluate', ...args, '--json', json], input)
    t.equal(status, 1)
    t.equal(stdout, '')
    if (typeof message === 'string') t.equal(stderr, `face-identify: ${message}\n`)
    else t.match(stderr, message)
    t.match(stderr, /^[^\n]*\n$/)
    t.notOk(existsSync(json))
  }
})

test('usage', async t => {
  t.match(run(['--help']).stdout, /evaluate \[options\][\s\S]*face-identify evaluate --threshold/)
  t.match(run(['evaluate', '--help']).stdout, /--protocol <name>/)
  t.match(run([]), { status: 2, stdout: '' })
  t.match(run(['recognise']), { status: 2, stderr: /^face-identify: [^\n]+\n$/ })
  t.match(run(['evaluate', '--protocol', 'best']), { status: 2, stderr: /first, field/ })
})
