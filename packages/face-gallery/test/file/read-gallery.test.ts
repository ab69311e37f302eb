import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { slabFaces } from '../../src/gallery.js'
import { emptyGallery, type Gallery, readGallery, writeGallery } from '../../src/index.js'
import { directions, facesOf, galleryOf, MODEL } from '../faces.js'
import { scratch } from '../scratch.js'

const gallery = galleryOf(facesOf(2, 2, { size: 4 }))
const path = scratch('people.gallery')
writeGallery(path, gallery)
const bytes = readFileSync(path)

/** The header of a gallery's file with some fields changed, all else and the hash made to fit. */
function withHeader(fields: Record<string, unknown>): Buffer {
  const length = bytes.readUInt32LE(12)
  const header = JSON.stringify({ ...JSON.parse(bytes.toString('utf8', 16, 16 + length)), ...fields })
  const padded = Buffer.alloc(64 * Math.ceil((16 + header.length) / 64))
  bytes.copy(padded, 0, 0, 12)
  padded.writeUInt32LE(header.length, 12)
  padded.write(header, 16)
  return hashed(Buffer.concat([padded, bytes.subarray(64 * Math.ceil((16 + length) / 64), -32)]))
}

function hashed(content: Buffer): Buffer {
  return Buffer.concat([content, createHash('sha256').update(content).digest()])
}

/** What is wrong with these bytes. */
function fault(content: Uint8Array): string {
  const file = scratch('damaged.gallery')
  writeFileSync(file, content)
  try {
    readGallery(file)
    return 'none'
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return error.message.replace(file, 'FILE')
  }
}

test('what is written is read', async t => {
  t.strictSame(readGallery(path), gallery)
  t.same(readdirSync(dirname(path)), ['people.gallery'], 'and nothing lies beside it')
  const odd: Gallery = { ...galleryOf(facesOf(3, 2, { size: 3 })), flip: true, model: undefined }
  odd.names.forEach((_, i, names) => {
    ;(names as string[])[i] = ['Zoë', '李小龍', '👩‍🚀'][i]!
  })
  const file = scratch('a b.gallery')
  writeGallery(file, odd)
  t.strictSame(readGallery(file), odd)
  const nobody = emptyGallery({ size: 512, flip: true, model: MODEL })
  writeGallery(file, nobody)
  t.strictSame(readGallery(file), nobody)
})

test('more faces than one slab holds', async t => {
  const size = 2 ** 16
  const count = slabFaces(size) + 3
  const vectors = directions(3, size)
  const faces = Array.from({ length: count }, (_, i) => ({
    person: `${i >> 1}`,
    id: `${i}`,
    embedding: vectors[i % 3]!,
  }))
  const large = galleryOf(faces)
  t.same(
    large.slabs.map(slab => slab.length / size),
    [slabFaces(size), 3],
  )
  const file = scratch('large.gallery')
  writeGallery(file, large)
  const read = readGallery(file)
  t.same(read.ids, large.ids)
  t.ok(
    read.slabs.every((slab, i) => Buffer.compare(Buffer.from(slab.buffer), Buffer.from(large.slabs[i]!.buffer)) === 0),
  )
})

test('the layout is the one that the file tells', async t => {
  t.equal(bytes.toString('latin1', 0, 8), 'TFGALLRY')
  t.equal(bytes.readUInt32LE(8), 1)
  const header = bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))
  t.same(JSON.parse(header), {
    faces: 4,
    size: 4,
    flip: false,
    model: MODEL,
    names: ['person 0', 'person 1'],
    id_bytes: 4 * 'photo 0'.length,
  })
  let at = 64 * Math.ceil((16 + header.length) / 64)
  const section = (length: number) => {
    const start = at
    at += 64 * Math.ceil(length / 64)
    return start
  }
  const [people, enrolled, ends, ids, templates] = [16, 32, 16, 28, 64].map(section) as [
    number,
    number,
    number,
    number,
    number,
  ]
  t.same(
    [0, 1, 2, 3].map(i => bytes.readUInt32LE(people + 4 * i)),
    [0, 1, 0, 1],
  )
  t.equal(bytes.readDoubleLE(enrolled + 24), Date.UTC(2026, 10, 27))
  t.same(
    [0, 1, 2, 3].map(i => bytes.readUInt32LE(ends + 4 * i)),
    [7, 14, 21, 28],
  )
  t.equal(bytes.toString('utf8', ids, ids + 28), 'photo 0photo 1photo 2photo 3')
  const embedding = facesOf(2, 2, { size: 4 })[3]!.embedding as Float32Array
  const length = Math.hypot(...embedding)
  t.same(
    [0, 1, 2, 3].map(i => bytes.readFloatLE(templates + 4 * (12 + i))),
    [...embedding].map(value => Math.fround(value / length)),
  )
  t.same(bytes.subarray(at), createHash('sha256').update(bytes.subarray(0, at)).digest())
  t.equal(bytes.length, at + 32)
})

test('damage is one line: cut anywhere, any byte changed, anything behind', async t => {
  for (let length = 0; length < bytes.length; length += 3) {
    const message = fault(bytes.subarray(0, length))
    if (!/^FILE: byte \d+: expected [^\n]+, found [^\n]+$/.test(message)) t.fail(`${length} bytes: ${message}`)
  }
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes)
    flipped[at]! ^= 1 << (at % 8)
    const message = fault(flipped)
    if (message === 'none' || message.includes('\n')) t.fail(`byte ${at}: ${message}`)
  }
  t.match(fault(Buffer.concat([bytes, Buffer.alloc(64)])), /expected a file of 608 bytes for 4 faces, found 672/)
  const torn = Buffer.from(bytes)
  torn[bytes.length - 40]! ^= 4
  t.equal(fault(torn), 'FILE: expected the SHA-256 at its end, found another: the file is damaged')
})

test('a file whose hash fits is not trusted either', async t => {
  for (const [fields, message] of [
    [{ faces: 2 ** 53 - 1 }, /expected at most 16777216 faces, found 9007199254740991/],
    [{ faces: 2 ** 24 }, /expected a file of \d+ bytes for 16777216 faces, found 60\d/],
    [{ size: 2 ** 40 }, /expected at most 65536 numbers in an embedding, found 1099511627776/],
    [{ id_bytes: 2 ** 50 }, /expected at most 4294967295 bytes of ids/],
    [{ id_bytes: 20 }, /expected zeros, found other bytes/],
    [{ id_bytes: 29 }, /expected 29 bytes of ids, found 28/],
    [{ faces: -1 }, /faces, expected a whole number of at least 0, found -1/],
    [{ names: ['person 0'] }, /expected a person below 1, found 1/],
    [{ names: ['person 0', 'person 1', 'c'] }, /expected a face of every person, found a person without/],
    [{ names: ['a', 'a'] }, /expected names of which each is there once, found one twice/],
    [{ names: ['unknown', 'a'] }, /expected names of people, found "unknown"/],
    [{ names: [' ', 'a'] }, /expected names of people, found " "/],
    [{ model: { name: 'a' } }, /model\.sha256/],
    [{ more: 1 }, /more, expected no such field/],
  ] as const)
    t.match(fault(withHeader(fields)), message)
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 3]) {
    const content = Buffer.from(bytes.subarray(0, -32))
    content.writeFloatLE(value, content.length - 4)
    t.match(fault(hashed(content)), /expected templates of length 1, found another/)
  }
  const ends = Buffer.from(bytes.subarray(0, -32))
  ends.writeUInt32LE(8, ends.indexOf(Buffer.from(new Uint32Array([14, 21, 28]).buffer)) + 4)
  t.match(fault(hashed(ends)), /expected ids of at most 4096 bytes, one behind the other, found others/)
  const dated = Buffer.from(bytes.subarray(0, -32))
  dated.writeDoubleLE(Number.NaN, dated.indexOf(Buffer.from(new Float64Array([Date.UTC(2026, 10, 27)]).buffer)))
  t.match(fault(hashed(dated)), /expected dates of enrolment/)
})

test('other files are called what they are not', async t => {
  t.equal(
    fault(Buffer.from('PK\x03\x04 and more than sixteen bytes')),
    'FILE: byte 16: expected a gallery that face-identify wrote, found another kind of file',
  )
  const version = Buffer.from(bytes)
  version[8] = 2
  t.match(fault(version), /expected version 1 of a gallery, found version 2/)
  const header = Buffer.from(bytes)
  header.writeUInt32LE(2 ** 32 - 1, 12)
  t.match(fault(header), /expected a header of at most 608 bytes, found 4294967295/)
  const folder = scratch('folder')
  mkdirSync(folder)
  t.throws(() => readGallery(folder), { message: /expected a gallery, found no file/ })
})

test('a new file is for its owner only; one that is replaced keeps its permissions', {
  skip: process.platform === 'win32',
}, t => {
  const file = scratch('own.gallery')
  const permissions = () => statSync(file).mode & 0o777
  writeGallery(file, gallery)
  t.equal(permissions(), 0o600)
  chmodSync(file, 0o640)
  writeGallery(file, gallery)
  t.equal(permissions(), 0o640)
  t.end()
})
