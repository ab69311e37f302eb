import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRecords } from '@tiny-face/record-stream'
import { test } from 'tap'
import { runCommand, scratch } from '../run-command.js'

test('a set becomes a stream of pairs', async t => {
  const file = join(scratch(t), 'set.bin')
  writeFileSync(file, "((lS'a'\naS'bc'\na(lI01\nat.")
  const { status, stdout, stderr } = runCommand('bin-dump', [file])
  t.equal(status, 0)
  t.match(stderr, /^bin-dump: 2 images, 3 bytes in [^\n]+\n$/)
  t.equal(runCommand('bin-dump', [file, '--quiet']).stderr, '')
  const records = []
  for await (const { id, image, pair } of decodeRecords([stdout]))
    records.push([id, Buffer.from(image!).toString(), pair])
  t.strictSame(records, [
    [0, 'a', { index: 0, side: 0, same: true }],
    [1, 'bc', { index: 0, side: 1, same: true }],
  ])
})

test('a hostile pickle is one line that says what and where, and runs nothing', async t => {
  const folder = scratch(t)
  const file = join(folder, 'hostile.bin')
  writeFileSync(file, `((lcos\nsystem\n(S'touch ${folder}/pwned'\ntRa(lI01\nat.`)
  const { status, stdout, stderr } = runCommand('bin-dump', [file])
  t.equal(status, 1)
  t.equal(stderr, `bin-dump: ${file}: byte 3: expected plain data, found GLOBAL os.system\n`)
  t.equal(stdout.length, 0)
})

test('a missing file, a cut one and a wrong flag', async t => {
  const file = join(scratch(t), 'cut.bin')
  t.strictSame(runCommand('bin-dump', [file]), {
    status: 1,
    stdout: Buffer.alloc(0),
    stderr: `bin-dump: ${file}: no such file or directory\n`,
  })
  writeFileSync(file, "((lS'a'\naT\xff\0\0\0abc", 'latin1')
  t.equal(
    runCommand('bin-dump', [file]).stderr,
    `bin-dump: ${file}: byte 9: expected 255 more bytes of BINSTRING, found 3\n`,
  )
  t.equal(runCommand('bin-dump', ['--fast', file]).status, 2)
})

test('a pipe is read whole', async t => {
  const file = join(scratch(t), 'set.bin')
  writeFileSync(file, "((lS'a'\naS'bc'\na(lI01\nat.")
  const bin = fileURLToPath(new URL('../../bin/bin-dump.js', import.meta.url))
  const piped = `cat '${file}' | '${process.execPath}' '${bin}' --quiet /dev/stdin | cat`
  const { stdout, stderr } = spawnSync('sh', ['-c', piped])
  t.equal(stderr.toString(), '')
  const images = []
  for await (const { image } of decodeRecords([stdout])) images.push(Buffer.from(image!).toString())
  t.strictSame(images, ['a', 'bc'])
})

test('a file that is no pickle is called what it is', async t => {
  const file = join(scratch(t), 'lfw.bin')
  for (const [text, kind] of [
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\n',
      'a Git LFS pointer; git lfs pull fetches the file it stands for',
    ],
    ['<!DOCTYPE html><html><title>Quota exceeded</title>', 'an HTML page'],
    ['Not Found\n', 'a text'],
    ['The quick brown fox\n', 'a text'],
    ['{"error": "no such file"}', 'a text'],
    ['PK\x03\x04\x14\0\0', 'a zip archive'],
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'an image (PNG)'],
    ['\x0a\x23\xd7\xce\0\0\0\0', 'a RecordIO file'],
    ['', 'an empty file'],
  ] as const) {
    writeFileSync(file, text, 'latin1')
    const { status, stderr } = runCommand('bin-dump', [file])
    t.equal(status, 1)
    t.equal(stderr, `bin-dump: ${file}: byte 0: expected a pickle of (bins, issame_list), found ${kind}\n`)
  }
})
