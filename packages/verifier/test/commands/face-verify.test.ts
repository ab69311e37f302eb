import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
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

function written(name: string, maps: DataMap[]): Buffer {
  const path = join(folder, name)
  const writer = new RecordWriter(openSync(path, 'w'), { source: 'set.bin' })
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

test('--help and usage', async t => {
  const help = run(['--help'])
  t.equal(help.status, 0)
  t.match(help.stdout, 'face-verify --report lfw.html')
  t.equal(run(['--no-such-option']).status, 2)
  t.equal(run(['argument']).status, 2)
})
