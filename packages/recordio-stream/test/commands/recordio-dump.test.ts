import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRecords } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { irRecord, part, scratch, tinyImage } from '../fixtures.js'

const data = sharedData()
const bin = (name: string) => fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
const dump = (...args: string[]) =>
  spawnSync(process.execPath, [bin('recordio-dump'), ...args], { maxBuffer: 1 << 28, timeout: 60_000 })

t.test('4,324 faces to a file and to a pipe', { skip: !data }, async t => {
  const path = join(data!, 'recordio/lfw_min10/train.rec')
  const piped = dump(path)
  t.equal(piped.status, 0)
  t.match(piped.stderr.toString(), /^recordio-dump: 4324 records, 22\.5 MB in [^\n]*MB\/s\n$/)
  let count = 0
  for await (const record of decodeRecords([piped.stdout])) count += record.image === undefined ? 0 : 1
  t.equal(count, 4324)

  const file = join(scratch(t), 'stream')
  const fd = openSync(file, 'w')
  t.equal(spawnSync(process.execPath, [bin('recordio-dump'), path], { stdio: ['ignore', fd, 'inherit'] }).status, 0)
  closeSync(fd)
  t.ok(readFileSync(file).equals(piped.stdout))
})

t.test('a reader that leaves early ends it quietly', { skip: !data }, async t => {
  const child = spawn(process.execPath, [bin('recordio-dump'), join(data!, 'recordio/lfw_min10/train.rec')])
  let errors = ''
  child.stderr.on('data', text => {
    errors += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const code = await new Promise(resolve => child.on('close', resolve))
  t.equal(code, 0)
  t.equal(errors, '')
})

t.test('a truncated file gives one line', { skip: !data }, t => {
  const path = join(scratch(t), 'train.rec')
  writeFileSync(path, readFileSync(join(data!, 'recordio/lfw_min10/train.rec')).subarray(0, 100_000))
  const { status, stderr } = dump(path)
  t.equal(status, 1)
  t.match(
    stderr.toString(),
    /^recordio-dump: .*train\.rec: byte \d+: record \d+: expected \d+ bytes, found \d+ before the end of the file\n$/,
  )
  t.end()
})

t.test('order, left-out records, usage', async t => {
  const path = join(scratch(t), 'x.rec')
  const rows = [part(0, irRecord(5, 2, tinyImage(1))), part(0, irRecord(6, 1, tinyImage(2))), part(0, 'text')]
  writeFileSync(path, Buffer.concat(rows))
  const first = dump(path)
  const [summary, remark] = first.stderr.toString().split('\n')
  t.match(summary, /^recordio-dump: 2 records, 26 bytes in /)
  t.equal(remark, `recordio-dump: ${path}: left out 1 record that is no JPEG or PNG with a label; --all keeps all`)
  t.equal(first.status, 0)
  t.equal(dump('--quiet', path).stderr.toString(), '')
  t.match(dump('--all', path).stderr.toString(), /^recordio-dump: 3 records[^\n]*\n$/)
  writeFileSync(path.replace('.rec', '.idx'), `2\t0\n1\t${rows[0]!.length}\n`)
  const labels: unknown[] = []
  for await (const { label } of decodeRecords([dump('--order', 'index', path).stdout])) labels.push(label)
  t.same(labels, [6, 5])

  t.equal(dump().status, 2)
  t.equal(dump('--what', path).status, 2)
  t.match(dump(`${path}.no`), { status: 1, stderr: /^recordio-dump: .*x\.rec\.no: no such file or directory\n$/ })
  t.match(dump('--help').stdout.toString(), /Example:\n {2}recordio-dump/)
})
