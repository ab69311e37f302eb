import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRecords, RecordReader } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { generatedFile, irRecord, part, scratch, tinyImage } from '../fixtures.js'

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

const ids = async (...args: string[]) => {
  const found: unknown[] = []
  for await (const { id } of decodeRecords([dump('--quiet', ...args).stdout])) found.push(id)
  return found
}

t.test('parts, orders, limits, several files and folders', { skip: !data }, async t => {
  const path = join(data!, 'recordio/insightface_orl/train.rec')
  const whole = Array.from({ length: 400 }, (_, i) => i + 1)
  const parts = await Promise.all([0, 1, 2, 3, 4, 5, 6].map(i => ids('--part', `${i}/7`, path)))
  t.same(parts.flat(), whole)
  t.same(await ids('--limit', '3', path), [1, 2, 3])
  const shuffled = await ids('--order', 'shuffle:1', path)
  t.notSame(shuffled, whole)
  t.same(
    [...shuffled].sort((a, b) => Number(a) - Number(b)),
    whole,
  )
  t.same(await ids('--order', 'shuffle:1', path), shuffled)
  t.same(
    (await ids('--order', 'shuffle:1', '--part', '1/2', path)).length +
      (await ids('--order', 'shuffle:1', '--part', '0/2', path)).length,
    400,
  )
  t.same(await ids(join(data!, 'recordio/insightface_orl'), join(data!, 'recordio/im2rec/*_enc.rec')), [
    ...whole,
    ...(await ids(join(data!, 'recordio/im2rec/orl_enc.rec'))),
  ])
  for (const args of [
    ['--part', '7/7'],
    ['--order', 'random'],
    ['--order', 'shuffle:-1'],
    ['--limit', '-1'],
  ]) {
    t.match(dump(...args, path), { status: 2, stderr: /^recordio-dump: [^\n]*\n$/ }, args.join(' '))
  }
})

t.test('past damage: what was left out is listed', t => {
  const path = join(scratch(t), 'x.rec')
  const rows = [1, 2, 3, 4, 5].map(id => part(0, irRecord(id, id, tinyImage(id))))
  const size = rows[0]!.length
  const bytes = Buffer.concat(rows)
  bytes[2 * size]! ^= 1
  writeFileSync(path, bytes)
  t.match(dump(path), {
    status: 1,
    stderr: new RegExp(
      `^recordio-dump: .*x\\.rec: byte ${2 * size}: record 2: expected the magic number 0xced7230a, found 0xced7230b\\n$`,
    ),
  })
  const past = dump('--skip-damaged', path)
  t.equal(past.status, 0)
  t.equal(
    past.stderr.toString().replace(/^.*\n/, ''),
    `recordio-dump: ${path}: left out bytes ${size} to ${3 * size - 1}: at byte ${2 * size} expected the magic number 0xced7230a, found 0xced7230b\n` +
      `recordio-dump: ${path}: left out ${2 * size} damaged bytes in 1 place\n`,
  )
  t.end()
})

t.test('images of other formats are named, and a dataset without one of ours is an error', t => {
  const path = join(scratch(t), 'x.rec')
  const bmp = Buffer.from('BM\x36\0\0\0\0\0\0\0\x36\0\0\0', 'latin1')
  const rows = [bmp, Buffer.from('GIF89a'), bmp, Buffer.alloc(30)].map((bytes, i) => part(0, irRecord(i, i, bytes)))
  writeFileSync(path, Buffer.concat([part(0, irRecord(7, 9, tinyImage(1))), ...rows]))
  t.match(dump(path), {
    status: 0,
    stderr: / left out 4 records that are no JPEG or PNG with a label \(2 BMP, 1 GIF\); --all keeps all\n$/,
  })
  writeFileSync(path, Buffer.concat(rows))
  const none = (found: string, ...args: string[]) => {
    const { status, stderr } = dump(...args, path)
    t.same([status, stderr.toString()], [1, `recordio-dump: ${path}: expected at least one ${found}\n`])
  }
  none('JPEG or PNG with a label, found none among 4 records (2 BMP, 1 GIF)')
  t.match(dump('--all', path), { status: 0 })
  t.match(dump('--part', '0/2', path), { status: 0 }, 'a part may be empty')
  writeFileSync(path, '')
  none('JPEG or PNG with a label, found none')
  none('record, found none', '--all')
  t.end()
})

t.test('a file that is none of ours is called what it is', t => {
  const path = join(scratch(t), 'x.rec')
  for (const [text, kind] of [
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\n',
      'a Git LFS pointer; git lfs pull fetches the file it stands for',
    ],
    ['<!DOCTYPE html><html><title>Quota exceeded</title>', 'an HTML page'],
    ['classes,height,width\n', 'a text'],
    ['not found\n', 'a text'],
    ['404', 'a text'],
    ['PK\u0003\u0004 and so on', 'a zip archive'],
  ] as const) {
    writeFileSync(path, text)
    for (const args of [[], ['--all']]) {
      const { status, stderr } = dump(...args, path)
      const line = `recordio-dump: ${path}: byte 0: record 0: expected a RecordIO file, found ${kind}\n`
      t.same([status, stderr.toString()], [1, line])
    }
  }
  const record = part(0, irRecord(0, 0, tinyImage(1)))
  for (let length = 1; length < record.length; length++) {
    writeFileSync(path, record.subarray(0, length))
    t.match(
      dump(path).stderr.toString(),
      / bytes, found \d+ before the end of the file\n$/,
      `cut after ${length} bytes`,
    )
  }
  t.end()
})

t.test("names in capitals, as on Windows' disks", async t => {
  const folder = scratch(t)
  const rows = [7, 4].map(id => part(0, irRecord(0, id, tinyImage(id))))
  writeFileSync(join(folder, 'TRAIN.REC'), Buffer.concat(rows))
  writeFileSync(join(folder, 'TRAIN.IDX'), `7\t0\n4\t${rows[0]!.length}\n`)
  t.same(await ids(join(folder, 'TRAIN.REC')), [7, 4])
  t.same(await ids(folder), [7, 4])
})

t.test('a header row that its labels contradict is said once, and the labels decide', async t => {
  const path = join(scratch(t), 'x.rec')
  const images = [0, 1, 0].map((label, i) => irRecord(label, i + 1, tinyImage(i)))
  const ranges = [
    [4, 7],
    [1, 2],
    [2, 3],
    [3, 4],
  ].map((range, i) => irRecord(range, i === 0 ? 0 : i + 3, Buffer.alloc(0)))
  const { bytes, index } = generatedFile([ranges[0]!, ...images, ...ranges.slice(1)])
  writeFileSync(path, bytes)
  writeFileSync(path.replace('.rec', '.idx'), index)
  const { status, stdout, stderr } = dump(path)
  t.equal(status, 0)
  t.match(
    stderr.toString(),
    /^recordio-dump: .*: its header row counts 3 classes, and its images have 2 labels, the largest 1: 2 classes are taken\n/,
  )
  const stream = path.replace('.rec', '.stream')
  writeFileSync(stream, stdout)
  const fd = openSync(stream, 'r')
  t.match(new RecordReader(fd).begin, { classes: 2, count: 3 })
  closeSync(fd)
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

  writeFileSync(path.replace('.rec', '.idx'), '2\t0\n')
  t.match(dump('--order', 'index', path), {
    status: 0,
    stderr: /x\.rec: left out 60 bytes of records that the index does not list\n$/,
  })
  t.match(dump(path), {
    status: 1,
    stderr: /x\.idx: record 1: stale index, [^\n]*found the end of the index; [^\n]* makes it anew\n$/,
  })

  t.equal(dump().status, 2)
  t.equal(dump('--what', path).status, 2)
  t.match(dump(`${path}.no`), { status: 1, stderr: /^recordio-dump: .*x\.rec\.no: no such file or directory\n$/ })
  t.match(dump('--help').stdout.toString(), /Example:\n {2}recordio-dump/)
})
