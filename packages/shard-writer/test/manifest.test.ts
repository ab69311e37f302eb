import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MAX_SHARDS, parseManifest, readManifest } from '../src/index.js'
import { fakeImage, writeShards } from './fixtures.js'

const shard = { name: 'a.bin', count: 1, bytes: 3, sha256: '' }
const good = { version: 1, format: 'lines', count: 1, images: 1, shards: [shard] }

t.test('a manifest is read as it was written, whatever else it says', t => {
  const folder = t.testdir({ 'a.bin': 'abc', 'manifest.json': JSON.stringify({ ...good, more: 1 }) })
  t.same(readManifest(folder, 'lines'), { ...good, more: 1 })
  t.same(parseManifest(folder), { ...good, more: 1 })
  t.equal(readManifest(t.testdir({}), 'lines'), undefined)
  t.end()
})

t.test('what is no manifest of such shards is told by file, what was expected and what is there', t => {
  for (const [change, expected, found] of [
    [{ format: 'other' }, 'a manifest of format "lines"', '"other"'],
    [{ format: undefined }, 'a manifest of format "lines"', 'nothing'],
    [{ version: 2 }, 'version 1', '2'],
    [{ compression: 'zstd' }, '"gzip" or "zlib" as compression', '"zstd"'],
    [{ count: -1 }, 'a number of records as count', '-1'],
    [{ images: 1.5 }, 'a number of records as images', '1.5'],
    [{ classes: '3' }, 'a number as classes', '"3"'],
    [{ names: [1] }, 'a list of strings as names', '[1]'],
    [{ shards: 'a' }, 'a list of shards', '"a"'],
    [{ shards: [{ ...shard, name: '../a' }] }, "a shard's file name", '"../a"'],
    [{ shards: [{ ...shard, name: '..' }] }, "a shard's file name", '".."'],
    [{ shards: [null] }, "a shard's file name", 'nothing'],
    [{ shards: [{ ...shard, bytes: -3 }] }, 'count and bytes of a.bin', '{"count":1,"bytes":-3}'],
  ] as const) {
    const folder = t.testdir({ 'a.bin': 'abc', 'manifest.json': JSON.stringify({ ...good, ...change }) })
    t.throws(() => readManifest(folder, 'lines'), {
      name: 'DataError',
      file: join(folder, 'manifest.json'),
      expected,
      found,
    })
  }
  for (const text of ['', '{', 'null']) {
    const folder = t.testdir({ 'manifest.json': text })
    t.throws(() => parseManifest(folder), { name: 'DataError' }, text)
  }
  t.end()
})

t.test('a shard that is missing or of another size', t => {
  const folder = t.testdir({ 'manifest.json': JSON.stringify(good) })
  t.throws(() => readManifest(folder, 'lines'), {
    file: join(folder, 'a.bin'),
    found: 'no such file',
    name: 'DataError',
  })
  writeFileSync(join(folder, 'a.bin'), 'ab')
  t.throws(() => readManifest(folder, 'lines'), {
    name: 'DataError',
    expected: '3 bytes, as the manifest says',
    found: '2',
  })
  t.same(parseManifest(folder, 'lines'), good, 'is not looked at where only the manifest is asked for')
  t.end()
})

t.test('as many shards as may be open', t => {
  for (const shards of [0, MAX_SHARDS + 1]) {
    t.throws(() => writeShards([{ label: 1, image: fakeImage(1) }], { folder: t.testdir({}), shards }), {
      name: 'RangeError',
    })
  }
  t.end()
})
