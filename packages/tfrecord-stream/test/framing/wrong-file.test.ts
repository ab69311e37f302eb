import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { findRecord, readShards } from '../../src/index.js'
import { decoded, pieces, tfrecordOf } from '../fixtures.js'

const WRONG: [name: string, bytes: Buffer, found: RegExp][] = [
  [
    'a pointer of Git LFS',
    Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`),
    /^a Git LFS pointer/,
  ],
  [
    'a page that says why there is no file',
    Buffer.from('<!DOCTYPE html>\n<html><title>404</title></html>'),
    /^an HTML page$/,
  ],
  ['a list', Buffer.from('photos/1.jpg 0\nphotos/2.jpg 0\n'), /^a text$/],
  ['a short text', Buffer.from('not found\n'), /^a text$/],
  ['a text shorter than any number', Buffer.from('404'), /^a text$/],
  ['a RecordIO file', Buffer.concat([Buffer.of(0x0a, 0x23, 0xd7, 0xce), Buffer.alloc(40)]), /^a RecordIO file$/],
]

t.test('a file of another kind is called what it is', t => {
  const path = join(t.testdir(), 'train.tfrecord')
  for (const [name, bytes, found] of WRONG) {
    const error = { name: 'DataError', expected: 'a TFRecord file', found }
    writeFileSync(path, bytes)
    t.throws(() => [...readShards([path])], { ...error, file: path }, name)
    t.throws(() => [...readShards([path], { part: { index: 1, of: 2 } })], error, `${name}, a part of it`)
    t.throws(() => findRecord(path), error)
    t.throws(() => decoded(pieces(bytes, 1)), error, `${name}, byte by byte`)
    writeFileSync(path, gzipSync(bytes))
    t.throws(() => [...readShards([path])], { ...error, file: `${path} (unpacked)` }, `${name}, compressed`)
  }
  t.end()
})

t.test('a damaged TFRecord is called that', t => {
  const file = tfrecordOf([Buffer.alloc(600, 1)])
  file[8]! ^= 1
  t.throws(() => decoded([file]), {
    name: 'DataError',
    message: /byte 0: record 0: expected masked CRC-32C .* of the length/,
  })
  t.end()
})
