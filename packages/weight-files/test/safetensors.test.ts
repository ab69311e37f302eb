import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { type NamedTensor, readSafetensors, type TensorInPieces, writeSafetensors } from '../src/index.js'

const TENSORS = new Map([
  ['a/filter', { shape: [2, 1], values: Float32Array.of(1.5, -2) }],
  ['b', { shape: [], values: Float32Array.of(3) }],
  ['empty', { shape: [0, 4], values: new Float32Array() }],
])

t.test('the bytes are those of the format', async t => {
  const path = join(t.testdir(), 'x.safetensors')
  writeSafetensors(path, new Map([['a', { shape: [1], values: Float32Array.of(1) }]]))
  const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(56)
  t.strictSame(
    readFileSync(path),
    Buffer.concat([Buffer.from('3800000000000000', 'hex'), Buffer.from(header), Buffer.from('0000803f', 'hex')]),
  )
})

t.test('another file says what it is', async t => {
  const path = join(t.testdir(), 'x.safetensors')
  for (const [text, found] of [
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', /^a Git LFS pointer/],
    ['\x08\x08\x12\x07pytorch\x3a\x80\x01', 'other bytes'],
  ] as const) {
    writeFileSync(path, text, 'latin1')
    t.throws(() => readSafetensors(path), { name: 'DataError', expected: 'a safetensors file', found })
  }
})

t.test('what is written is read', async t => {
  const path = join(t.testdir(), 'x.safetensors')
  writeSafetensors(path, TENSORS)
  t.strictSame(readSafetensors(path), TENSORS)
})

t.test('a flipped bit anywhere is told where the SHA-256 is known', async t => {
  const path = join(t.testdir(), 'x.safetensors')
  const sha256 = writeSafetensors(path, TENSORS)
  const bytes = readFileSync(path)
  t.equal(sha256, createHash('sha256').update(bytes).digest('hex'))
  t.strictSame(readSafetensors(path, sha256), TENSORS)
  for (let bit = 0; bit < 8 * bytes.length; bit += 7) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(path, flipped)
    t.throws(() => readSafetensors(path, sha256), DataError, `bit ${bit}`)
  }
})

t.test('damage is told: every truncation, lying headers', async t => {
  const path = join(t.testdir(), 'x.safetensors')
  writeSafetensors(path, TENSORS)
  const bytes = readFileSync(path)
  for (let size = 0; size < bytes.length; size++) {
    writeFileSync(path, bytes.subarray(0, size))
    t.throws(() => readSafetensors(path), DataError, `${size} bytes`)
  }
  for (const header of [
    '[]x',
    '{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}',
    '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}',
    '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
    '{"a":1}',
  ]) {
    const length = Buffer.alloc(8)
    length.writeUInt32LE(header.length)
    writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]))
    t.throws(() => readSafetensors(path), DataError, header)
  }
})

t.test('a tensor in pieces is written as one that is whole, and read by rows', async t => {
  const file = join(t.testdir(), 'rows.safetensors')
  const values = Float32Array.from({ length: 15 }, (_, i) => i / 7)
  const whole = new Map([
    ['a', { shape: [2], values: Float32Array.of(8, 9) }],
    ['b', { shape: [5, 3], values }],
  ])
  const sha256 = writeSafetensors(file, whole)
  const pieces = function* () {
    const room = new Float32Array(4)
    for (let start = 0; start < 15; start += 4) {
      const piece = values.subarray(start, start + 4)
      room.set(piece)
      yield room.subarray(0, piece.length)
    }
  }
  const inPieces = new Map<string, NamedTensor | TensorInPieces>([...whole, ['b', { shape: [5, 3], pieces }]])
  t.equal(writeSafetensors(file, inPieces), sha256)
  const read = readSafetensors(file, sha256, name => (name === 'b' ? [1, 3] : undefined))
  t.same(read.get('b'), { shape: [2, 3], values: values.slice(3, 9) })
  t.same(read.get('a'), whole.get('a'))
  const before = readFileSync(file)
  const tooFew = new Map([['b', { shape: [5, 3], pieces: () => [values.subarray(1)] }]])
  t.throws(() => writeSafetensors(file, tooFew), { message: 'expected 15 numbers for b [5, 3], found 14' })
  t.same(readFileSync(file), before, 'the file that was there stays')
})
