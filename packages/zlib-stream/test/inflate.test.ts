import { deflateSync, gzipSync } from 'node:zlib'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { CompressedSink, type Compression, compressionOf, Inflater } from '../src/index.js'

const plain = Buffer.from(Array.from({ length: 3000 }, (_, i) => `line ${i * i} `).join(''))
const FILES: [name: string, kind: Compression, file: Buffer][] = [
  ['gzip', 'gzip', gzipSync(plain)],
  ['gzip in members', 'gzip', Buffer.concat([gzipSync(plain.subarray(0, 999)), gzipSync(plain.subarray(999))])],
  ['zlib', 'zlib', deflateSync(plain)],
  ['zlib, small window', 'zlib', deflateSync(plain, { windowBits: 9 })],
  ['our own', 'gzip', ours('gzip')],
  ['our own', 'zlib', ours('zlib')],
]

function ours(kind: Compression): Buffer {
  const chunks: Buffer[] = []
  const sink = new CompressedSink(kind, bytes => chunks.push(Buffer.from(bytes)), 1000)
  sink.write(plain)
  sink.finish()
  return Buffer.concat(chunks)
}

function unpacked(kind: Compression, file: Buffer, size = file.length): Buffer {
  const inflater = new Inflater(kind, 'x')
  const chunks: Buffer[] = []
  try {
    for (let at = 0; at < file.length; at += size)
      for (const chunk of inflater.push(file.subarray(at, at + size))) chunks.push(Buffer.from(chunk))
    for (const chunk of inflater.finish()) chunks.push(Buffer.from(chunk))
  } finally {
    inflater.close()
  }
  return Buffer.concat(chunks)
}

t.test('what is unpacked is what was packed, in pieces of any size', t => {
  for (const [name, kind, file] of FILES) {
    t.equal(compressionOf(file), kind, name)
    for (const size of [1, 7, 1000, file.length]) t.ok(unpacked(kind, file, size).equals(plain), `${name}: ${size}`)
  }
  t.end()
})

t.test('a file that is cut off, or goes on behind its end, is an error that says where', t => {
  for (const [name, kind, file] of FILES) {
    for (let end = 1; end < file.length; end += 97) {
      // Where a member ends the file is whole.
      if (name === 'gzip in members' && end === gzipSync(plain.subarray(0, 999)).length) continue
      try {
        unpacked(kind, file.subarray(0, end))
        t.fail(`${name} cut at ${end}`)
      } catch (error) {
        if (!(error instanceof DataError) || error.offset === undefined) t.fail(`${name} cut at ${end}: ${error}`)
      }
    }
    t.throws(
      () => unpacked(kind, Buffer.concat([file, Buffer.alloc(5)])),
      { name: 'DataError', offset: file.length },
      name,
    )
  }
  t.end()
})

t.test('every checksum is checked', t => {
  for (const [name, kind, file] of FILES) {
    const damaged = Buffer.from(file)
    damaged[file.length - 1]! ^= 1
    t.throws(() => unpacked(kind, damaged), { name: 'DataError', expected: `a whole ${kind.toUpperCase()} file` }, name)
  }
  t.end()
})

t.test('however well it is packed, little of it is held', t => {
  const inflater = new Inflater('zlib', 'bomb')
  let most = 0
  for (const chunk of inflater.push(deflateSync(Buffer.alloc(1 << 26)))) most = Math.max(most, chunk.length)
  t.ok(most > 0 && most <= 1 << 20, `${most} bytes at once`)
  inflater.close()
  t.end()
})

t.test('heads of neither', t => {
  for (const head of [[], [0x78], [0x78, 0x9d], [0x79, 0x9c], [0x88, 0x1c], [0x78, 0xbb], [0x1f, 0x8b, 7]])
    t.equal(compressionOf(Buffer.from(head)), undefined, `${head}`)
  t.end()
})
