import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { compareFiles } from '../../src/commands/compare-files.js'
import { measurePairs } from '../../src/pairs/measure-pairs.js'
import { resultJson } from '../../src/report/result-json.js'
import { resultTable } from '../../src/report/result-table.js'
import { verificationResult } from '../../src/verification-result.js'

const command = fileURLToPath(new URL('../../src/commands/face-verify.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'face-verify-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

// 120 pairs in 16 dimensions, with images of odd sizes, so that embeddings come to lie at every alignment.
const records = Array.from({ length: 240 }, (_, i): DataMap => {
  const index = i >> 1
  const side = i % 2 === 0 ? 0 : 1
  const same = index % 2 === 0
  const wave = Float32Array.from(
    { length: 16 },
    (_, k) => Math.sin(index * 7 + k * (same ? 1 : 1 + side)) + 0.3 * Math.cos(i * 13 + k),
  )
  return { id: i, image: Buffer.alloc(11 + i, 0xff), embedding: tensorOf(wave), pair: { index, side, same } }
})
const stream = written('pairs', records)
const pairs = measurePairs(records)
const expected = verificationResult(pairs, { source: 'set.bin', seed: 1 })
const expectedJson = [...resultJson(expected)].join('')

function written(name: string, maps: DataMap[], begin: BeginFields = {}): Buffer {
  const path = join(folder, name)
  const writer = new RecordWriter(openSync(path, 'w'), { source: 'set.bin', ...begin })
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

test('prints the table on stdout', async t => {
  t.strictSame(run([]), { status: 0, stdout: resultTable(expected), stderr: '' })
})

test('--json - leaves stdout to the JSON', async t => {
  t.strictSame(run(['--json', '-']), { status: 0, stdout: expectedJson, stderr: resultTable(expected) })
})

test('writes JSON and report, and does not replace them unasked', async t => {
  const [json, report] = [join(folder, 'a.json'), join(folder, 'a.html')]
  t.equal(run(['--json', json, '--report', report]).status, 0)
  t.equal(readFileSync(json, 'utf8'), expectedJson)
  const html = readFileSync(report, 'utf8')
  t.match(html, '<title>Face verification: set.bin</title>')
  t.ok(html.endsWith('</html>\n'))
  writeFileSync(json, 'mine')
  const again = run(['--json', json])
  t.equal(again.status, 1)
  t.equal(again.stderr, `face-verify: ${json}: exists already; --force replaces it\n`)
  t.equal(readFileSync(json, 'utf8'), 'mine')
  t.equal(run(['--json', json, '--force']).status, 0)
  t.equal(readFileSync(json, 'utf8'), expectedJson)
})

test('bad input is one line, exit code 1, and no files', async t => {
  const [json, report] = [join(folder, 'b.json'), join(folder, 'b.html')]
  const bad = records.map((record, i) => (i === 17 ? { ...record, embedding: tensorOf(new Float32Array(16)) } : record))
  for (const [input, message] of [
    [
      written('bad', bad),
      'set.bin: record 17 (id 17): embedding is all zeros: it has no direction and cannot be normalised',
    ],
    [written('odd', records.slice(0, 239)), 'set.bin: record 238 (id 238): pair 119 has side 0 but no side 1'],
    [written('few', records.slice(0, 18)), 'set.bin: expected at least 10 pairs, one for each fold, found 9'],
    [stream.subarray(0, stream.length - 20), /^face-verify: set\.bin: .*stopped .*\n$/],
    [new Uint8Array(0), /^face-verify: .*expected a record stream, found nothing\n$/],
  ] satisfies [Uint8Array, string | RegExp][]) {
    const { status, stdout, stderr } = run(['--json', json, '--report', report], input)
    t.equal(status, 1)
    t.equal(stdout, '')
    if (typeof message === 'string') t.equal(stderr, `face-verify: ${message}\n`)
    else t.match(stderr, message)
    t.equal(existsSync(json) || existsSync(report), false)
  }
  t.strictSame(
    readdirSync(folder).filter(name => name.endsWith('.partial')),
    [],
  )
})

test('names what it verified: the network, the protocol, the source', async t => {
  const model = { name: 'r50.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
  const input = written('named', records, { model })
  const { stdout, stderr } = run(['--json', '-', '--protocol', 'tiny-face-recognition'], input)
  const json = JSON.parse(stdout)
  t.match(json, { source: 'set.bin', model, protocol: 'tiny-face-recognition' })
  t.match(
    stderr,
    '; protocol tiny-face-recognition\nmodel r50.onnx (abababababab), preprocessed rgb mean=127.5 std=128\n',
  )
})

test('a malformed model is named, and no name steers the terminal', async t => {
  const input = written('malformed', records, { model: { name: 'x' } as never })
  t.match(run([], input), {
    status: 1,
    stderr:
      'face-verify: set.bin: expected the model of the stream to be a map of name, sha256 and preprocess, found {"name":"x"}\n',
  })
  const model = { name: '\u001b[2J', sha256: '\n', preprocess: 'rgb' }
  t.match(run([], written('steering', records, { model })).stdout, /^model \\x1b\[2J \(\\x0a\), preprocessed rgb$/m)
})

test('--protocol face-api decides by its one threshold', async t => {
  const { thresholds } = JSON.parse(run(['--json', '-', '--protocol', 'face-api']).stdout)
  t.strictSame(thresholds, Array(10).fill(0.6))
  t.match(run(['--protocol', 'face-api']).stdout, /^threshold +0\.60 +Euclidean distance$/m)
})

test('--by gives the figures of each value', async t => {
  const grouped = records.map((record, i) => ({ ...record, race: i % 12 === 3 ? 'C' : 'AB'[(i >> 1) % 2] }))
  const { status, stdout, stderr } = run(['--json', '-', '--by', 'race'], written('grouped', grouped))
  t.equal(status, 0)
  const { groups } = JSON.parse(stdout)
  t.equal(groups.field, 'race')
  t.strictSame(
    groups.values.map(({ value, pairs }: { value: string; pairs: number }) => [value, pairs]),
    [
      ['A', 60],
      ['B', 40],
    ],
  )
  t.equal(groups.mixed.pairs, 20)
  t.match(stderr, /^by race +same \+ different +accuracy +EER/m)
  t.match(stderr, /^\(two values\) +0 \+ 20/m)
  t.match(run(['--by', 'race']).stderr, 'record 0 (id 0): no race, which pairs are to be grouped by')
  const nested = written(
    'nested',
    records.map(record => ({ ...record, race: ['A'] })),
  )
  t.match(run(['--by', 'race'], nested).stderr, 'expected race to be a text, a number or true or false, found ["A"]')
})

test('--pca takes the accuracy along principal components, in any order of the stream', async t => {
  const along = (input?: Uint8Array) => run(['--json', '-', '--pca', '1'], input).stdout
  const json = JSON.parse(along())
  t.equal(json.pca, 1)
  t.notSame(json.thresholds, JSON.parse(expectedJson).thresholds)
  t.strictSame(json.tar, JSON.parse(expectedJson).tar, 'TAR at FAR is taken without it, as by insightface')
  const { low, high } = { low: json.intervals.accuracy[0], high: json.intervals.accuracy[1] }
  t.ok(low <= json.accuracy.mean && json.accuracy.mean <= high, 'the decisions that the intervals are of')
  const shuffled = JSON.parse(along(written('shuffled', [...records].reverse())))
  t.strictSame([shuffled.accuracy, shuffled.thresholds], [json.accuracy, json.thresholds])
  t.match(run(['--pca', '17']), {
    status: 1,
    stderr: 'face-verify: set.bin: expected embeddings of at least --pca 17 numbers, found 16\n',
  })
  t.equal(run(['--pca', '3', '--protocol', 'face-api']).status, 2)
})

test('--beside names a file that is missing before the stream is read', async t => {
  const [report, other] = [join(folder, 'beside.html'), join(folder, 'nowhere.json')] as const
  t.strictSame(run(['--report', report, '--beside', other], new Uint8Array()), {
    status: 1,
    stdout: '',
    stderr: `face-verify: ${other}: no such file or directory\n`,
  })
})

test('--compare says whether one of two results is better', async t => {
  const [a, b, out] = ['a', 'b', 'out'].map(name => join(folder, `${name}-compared.json`)) as [string, string, string]
  t.equal(run(['--json', a, '--pairs']).status, 0)
  t.equal(run(['--json', b, '--pairs', '--protocol', 'face-api']).status, 0)
  const { each_pair: each } = JSON.parse(readFileSync(a, 'utf8'))
  t.strictSame(each.distance, [...pairs.distances])
  t.strictSame(
    [each.index, each.same],
    [pairs.distances, pairs.same].map((column, i) => Array.from(column, (v, k) => (i ? v : k))),
  )
  const { status, stdout } = run(['--compare', a, b, '--json', out])
  t.equal(status, 0)
  t.match(stdout, /^accuracy +[01]\.\d{4} +[01]\.\d{4} +[+-]\d\.\d{4} +[+-]\d\.\d{4} … [+-]\d\.\d{4}$/m)
  t.match(stdout, /^McNemar's exact test: p = \S+\. a alone is right on \d+ pairs, b alone on \d+\.$/m)
  const json = JSON.parse(readFileSync(out, 'utf8'))
  t.match(json, { a, b, pairs: 120, seed: 1 })
  t.match(run(['--compare', a]), { status: 2, stderr: '--compare takes two files, not 1' })
  t.match(run(['--compare', a, b, '--samples', '0']), { status: 2, stderr: '--samples does not go with it' })
})

test('--compare refuses what says nothing of each pair, or is no result', async t => {
  const [whole, figures] = [join(folder, 'whole.json'), join(folder, 'figures.json')]
  writeFileSync(whole, [...resultJson(expected, pairs)].join(''))
  for (const [text, message] of [
    [expectedJson, `${figures}: says nothing of each pair: face-verify --json FILE --pairs does`],
    ['{"thresholds":[1],"each_pair":{"index":[0],"same":[1,0],"distance":[1]}}', /found 1, 2 and 1, and 1 thr/],
    ['{"thresholds":[1],"each_pair":{"index":[0],"same":[2],"distance":[1]}}', /each_pair\.same\[0\].*found 2/],
    ['no JSON', /figures\.json: expected JSON, found /],
  ] as const) {
    writeFileSync(figures, text)
    t.throws(() => compareFiles([whole, figures], { seed: 1 }), { name: 'DataError', message })
  }
})

test('--help and usage', async t => {
  const help = run(['--help'])
  t.equal(help.status, 0)
  t.match(help.stdout, 'face-verify --report lfw.html')
  t.equal(run(['--no-such-option']).status, 2)
  t.equal(run(['argument']).status, 2)
  t.match(run(['--pairs']), { status: 2, stderr: '--pairs needs --json' })
  t.match(run(['--protocol', 'mine']), {
    status: 2,
    stderr: /expected one of insightface, tiny-face-recognition, face-api/,
  })
})
