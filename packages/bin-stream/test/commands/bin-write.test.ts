import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeRecords } from '@tiny-face/record-stream'
import { test } from 'tap'
import { binRecords, readBin } from '../../src/index.js'
import { runCommand, scratch } from '../run-command.js'

const set = {
  images: ['a', 'bc', 'd', 'e'].map(text => new Uint8Array(Buffer.from(`\xff\xd8\xff${text}`, 'latin1'))),
  same: [true, false],
}

async function stream(): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(binRecords(set), { source: 'pairs' })) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

test('a stream becomes a set; --force replaces it', async t => {
  const folder = scratch(t)
  const file = join(folder, 'set.bin')
  t.match(runCommand('bin-write', [file], await stream()), {
    status: 0,
    stderr: /^bin-write: 4 images, 17 bytes in [^\n]+\n$/,
  })
  t.strictSame(readBin(file), set)
  writeFileSync(file, 'precious')
  const again = runCommand('bin-write', [file], await stream())
  t.match(again, { status: 1, stderr: `bin-write: ${file}: exists already; --force replaces it\n` })
  t.equal(readFileSync(file, 'utf8'), 'precious')
  t.equal(runCommand('bin-write', [file, '--force'], await stream()).status, 0)
  t.strictSame(readBin(file), set)
  t.strictSame(readdirSync(folder), ['set.bin'])
})

test('a stream that stops early leaves nothing', async t => {
  const folder = scratch(t)
  const file = join(folder, 'set.bin')
  const whole = await stream()
  for (const length of [0, 20, whole.length - 20, whole.length - 1]) {
    const { status, stderr } = runCommand('bin-write', [file], whole.subarray(0, length))
    t.equal(status, 1)
    t.match(stderr, /^bin-write: [^\n]+\n$/)
    t.notOk(existsSync(file))
  }
  t.strictSame(readdirSync(folder), [])
})

test('half a pair leaves nothing', async t => {
  const folder = scratch(t)
  const chunks: Uint8Array[] = []
  const records = [...binRecords(set)].slice(0, 3)
  for await (const chunk of encodeRecords(records, { source: 'pairs' })) chunks.push(Uint8Array.from(chunk))
  const { status, stderr } = runCommand('bin-write', [join(folder, 'set.bin')], Buffer.concat(chunks))
  t.equal(status, 1)
  t.equal(stderr, 'bin-write: pairs: the stream ends within pair 1, of which it has only side 0\n')
  t.strictSame(readdirSync(folder), [])
})
