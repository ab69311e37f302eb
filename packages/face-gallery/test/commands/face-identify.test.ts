import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BeginFields,
  copyRecord,
  type DataMap,
  RecordReader,
  RecordWriter,
  tensorOf,
} from '@tiny-face/record-stream'
import { calibrationJson, identificationJson, identificationTable } from '@tiny-face/verifier'
import { test } from 'tap'
import { matchLine } from '../../src/commands/search-stream.js'
import { evaluate } from '../../src/evaluate.js'
import { type IdentifiedRecord, readGallery, removePerson, searchRecords, writeGallery } from '../../src/index.js'
import { calibrationFor } from '../calibration.js'

const command = fileURLToPath(new URL('../../src/commands/face-identify.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'face-identify-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const installed = await import('usearch').then(
  () => true,
  () => false,
)

const model = { name: 'a.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
const calibration = calibrationFor(model)
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

/** The records of a stream; each keeps its bytes. */
function readAgain(bytes: Uint8Array) {
  const file = join(folder, 'again')
  writeFileSync(file, bytes)
  const reader = new RecordReader(openSync(file, 'r'))
  const { begin } = reader
  return Object.assign(Array.from(reader, copyRecord), { begin })
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

test('enrol, search, remove and list', async t => {
  const gallery = join(mkdtempSync(join(folder, 'gallery-')), 'people.gallery')
  const measured = records.map((record, i) => ({ ...record, face: { score: i % 4 === 3 ? 0.5 : 0.9, yaw: i % 4 } }))
  const names = Array.from({ length: 12 }, (_, i) => `name ${i}`)
  const people = written('people', measured, { source: 'people', model, names })
  const speak = (args: string[], input: Uint8Array = people) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', command, ...args], { input })
    return { status, stdout, said: `${stderr}`.replace(/^face-identify: [^\n]*\/s\n/gm, '') }
  }
  t.strictSame(speak(['enrol', gallery, '--min-score', '0.6', '--max-yaw', '1.5']), {
    status: 0,
    stdout: Buffer.alloc(0),
    said: `face-identify: left out: 12 turned by more than 1.5 degrees, 12 score below 0.6
face-identify: faces enrolled: 24; ${gallery} has 24 of 12 people
`,
  })
  t.strictSame(readGallery(gallery).names, names)
  const two = written('two', measured.slice(0, 8), { source: 'people', model })
  const again = speak(['enrol', gallery, '--person', 'Zoë', '--threshold', '0.9'], two)
  t.match(again, { status: 0 })
  t.match(again.said, /one person by two names\? Zoë \(\d\) and name 0 \(\d\): similarity 1\.0000\n/)
  t.match(again.said, /one person by two names\? Zoë \(\d\) and name 1 \(\d\): similarity 1\.0000\n/)
  t.match(again.said, /faces enrolled: 8; .* has 32 of 13 people/)
  t.match(
    speak(['enrol', gallery, '--person', 'Zoë'], two).said,
    /faces enrolled: 8, earlier ones that they replace: 8; .* has 32 of/,
  )

  t.match(speak(['remove', gallery, 'Zoë']), {
    status: 0,
    said: `face-identify: faces removed: 8; ${gallery} has 24 of 12 people\n`,
  })
  t.match(speak(['remove', gallery, 'Zoë']), {
    status: 1,
    said: `face-identify: ${gallery}: nobody named "Zoë" is among its 12 people\n`,
  })
  t.match(speak(['remove', join(folder, 'none.gallery'), 'Zoë']), { status: 1, said: /none\.gallery: no such file\n$/ })

  const threshold = join(folder, 'search.json')
  writeFileSync(threshold, calibrationJson(calibration))
  const found = speak(['search', gallery, '--threshold', threshold, '--top', '2'])
  const wanted: unknown[] = []
  for await (const record of searchRecords(readGallery(gallery), readAgain(people), { threshold: 0.75, top: 2 }))
    wanted.push(record)
  t.strictSame([...readAgain(found.stdout)], wanted)
  t.same({ ...readAgain(found.stdout).begin }, { begin: 1, source: 'people', model, names })
  t.same(
    matchLine(wanted[4] as IdentifiedRecord).replace(/0\.\d{4}/g, '0.1234'),
    '4  name 1  1.0000  (name 1 1.0000, name 11 0.1234)',
  )

  const { stdout, status } = speak(['list', gallery, '--json', '-'])
  const list = JSON.parse(`${stdout}`)
  t.match(list, {
    faces: 24,
    embedding_size: 16,
    flip: false,
    model,
    people: names.map(person => ({ person, faces: 2 })),
  })
  t.ok(list.people.every(({ first }: { first: string }) => Math.abs(Date.now() - Date.parse(first)) < 600_000))
  const table = `${speak(['list', gallery]).stdout}`
  t.match(table, /^name 0 {3}2 faces {2}20\d\d-\d\d-\d\d.*\n/)
  t.match(
    table,
    /\n24 faces of 12 people; embeddings of 16 numbers without mirror images by a\.onnx \(abababababab\)\n$/,
  )
  t.equal(status, 0)

  speak(['remove', gallery, 'name 0'])
  const without = readGallery(gallery)
  const sorted = speak(['search', gallery, '--threshold', '0.9999', '--label'])
  const known = [...readAgain(sorted.stdout)]
  t.match(sorted.said, /left out 26 of 48 faces, which are of nobody in the gallery by the threshold\n$/)
  t.equal(known.length, 22, 'the enrolled faces of who is there still')
  for (const { id, person, label } of known) {
    t.equal(person, `name ${Math.floor((id as number) / 4)}`)
    t.equal(without.names[label as number], person)
  }
  const labelled = readAgain(speak(['search', gallery, '--threshold', '0.9999', '--label']).stdout).begin
  t.match(labelled, { names: without.names, classes: 11, source: 'people' })
  for (const name of without.names.slice(1)) speak(['remove', gallery, name])
  t.match(`${speak(['list', gallery]).stdout}`, /^name 1 {2}2 faces .*\n2 faces of 1 person; embeddings/)
  t.same(readdirSync(dirname(gallery)), ['people.gallery'])
})

test('index, and search by it', { skip: installed ? false : 'usearch is not installed' }, async t => {
  const gallery = join(mkdtempSync(join(folder, 'gallery-')), 'people.gallery')
  const loud = (args: string[]) =>
    spawnSync(process.execPath, ['--import=tsx', command, ...args], { input: stream, encoding: 'buffer' })
  t.match(run(['index', gallery]), { status: 1, stderr: /people\.gallery: no such file\n$/ })
  t.equal(run(['enrol', gallery]).status, 0)
  const exact = loud(['search', gallery, '--threshold', '0.5', '--top', '3'])
  const made = loud(['index', gallery])
  t.equal(made.status, 0)
  t.match(
    `${made.stderr}`,
    /of 48 faces the most alike other person is found for 1\.0000, of the ten most alike 1\.0000\n$/,
  )
  const found = loud(['search', gallery, '--threshold', '0.5', '--top', '3'])
  t.same(found.stdout, exact.stdout)
  t.notMatch(`${found.stderr}`, /all faces are compared/)
  // Of another gallery, as a copy that was made by hand may be.
  writeGallery(gallery, removePerson(readGallery(gallery), '3'))
  const stale = loud(['search', gallery, '--threshold', '0.5', '--top', '3'])
  t.equal(stale.status, 0)
  t.match(
    `${stale.stderr}`,
    /all faces are compared: .*people\.gallery\.index: expected the index of .* found one of another gallery\n/,
  )
  t.match(`${loud(['enrol', gallery]).stderr}`, /the index of .*people\.gallery goes with its change/)
  t.same(readdirSync(dirname(gallery)), ['people.gallery'])
})

test('what cannot be enrolled leaves the gallery as it was', async t => {
  const gallery = join(mkdtempSync(join(folder, 'gallery-')), 'people.gallery')
  t.match(run(['enrol', gallery], stream.subarray(0, stream.length - 20)), { status: 1, stderr: /people: .*stopped/ })
  t.notOk(existsSync(gallery))
  t.equal(run(['enrol', gallery]).status, 0)
  const before = readFileSync(gallery)
  const other = written('other', records, { source: 'people', model: { ...model, sha256: '0'.repeat(64) } })
  for (const [args, input, message] of [
    [['enrol', gallery], stream.subarray(0, stream.length - 20), /^face-identify: people: .*stopped.*\n$/],
    [
      ['enrol', gallery],
      other,
      /^face-identify: people: record 0 \(id 0\): expected embeddings of a\.onnx \(ab[^\n]*\n$/,
    ],
    [
      ['enrol', gallery, '--min-score', '1'],
      stream,
      /record 0 \(id 0\): expected face\.score, a number[^\n]*found none\n$/,
    ],
    [['enrol', gallery, '--person', 'unknown'], stream, /expected a name of a person, found unknown[^\n]*\n$/],
    [
      ['enrol', gallery, '--threshold', '7'],
      stream,
      /threshold, expected a cosine similarity from -1 to 1, found 7\n$/,
    ],
    [
      ['search', gallery, '--threshold', '0.5'],
      other,
      /^face-identify: people: expected embeddings of a\.onnx \(ab[^\n]*\n$/,
    ],
    [
      ['search', join(folder, 'faces'), '--threshold', '0.5'],
      stream,
      /faces: byte 16: expected a gallery that face-identify wrote[^\n]*\n$/,
    ],
  ] as const) {
    t.match(run([...args], input), { status: 1, stdout: '', stderr: message })
    t.same(readFileSync(gallery), before)
    t.same(readdirSync(dirname(gallery)), ['people.gallery'])
  }
})

test('of two that enrol at once, the second is refused, and the first loses nobody', async t => {
  const gallery = join(mkdtempSync(join(folder, 'gallery-')), 'people.gallery')
  // The first has the gallery for as long as its stream has no end.
  const first = spawn(process.execPath, ['--import=tsx', command, 'enrol', gallery, '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  first.stdin.write(stream.subarray(0, stream.length - 20))
  const watched = watch(dirname(gallery))
  first.once('close', () => watched.close())
  while (!existsSync(`${gallery}.lock`) && first.exitCode === null) await once(watched, 'change')
  watched.close()
  const second = run(['enrol', gallery, '--person', 'Zoë'])
  t.match(second, { status: 1, stderr: `face-identify: ${gallery}: is being written by process ${first.pid} of ` })
  first.stdin.end(stream.subarray(stream.length - 20))
  t.same(await once(first, 'close'), [0, null])
  t.equal(readGallery(gallery).length, 48)
  t.equal(run(['enrol', gallery, '--person', 'Zoë']).status, 0)
  t.equal(readGallery(gallery).length, 96)
})

test('usage', async t => {
  t.match(run(['--help']).stdout, /enrol \[options\] <gallery>[\s\S]*face-identify search people.gallery --threshold/)
  t.match(run(['evaluate', '--help']).stdout, /--protocol <name>/)
  t.match(run([]), { status: 2, stdout: '' })
  t.match(run(['recognise']), { status: 2, stderr: /^face-identify: [^\n]+\n$/ })
  t.match(run(['search', 'a.gallery']), { status: 2, stderr: /--threshold/ })
  t.match(run(['search', 'a.gallery', '--threshold', '0', '--top', '0']), {
    status: 2,
    stderr: /--top \S+: expected a whole number/,
  })
  t.match(run(['enrol']), { status: 2, stderr: /gallery/ })
  t.match(run(['remove', 'a.gallery']), { status: 2, stderr: /name/ })
  t.match(run(['evaluate', '--protocol', 'best']), { status: 2, stderr: /first, field/ })
})
