import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Begin, type DataMap, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { listPeople, openImageSource, type RecordSource, writeImageFolder } from '../../src/index.js'
import { scratch } from '../scratch.js'

const jpeg = (byte: number) => Buffer.of(0xff, 0xd8, 0xff, byte)
const png = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1)

function source(records: DataMap[], begin: Omit<Begin, 'begin'> = {}): RecordSource {
  return { begin: { begin: 1, ...begin }, [Symbol.iterator]: () => records[Symbol.iterator]() }
}

function write(folder: string, records: DataMap[], begin: Omit<Begin, 'begin'> = {}): string[] {
  const count = [...writeImageFolder(folder, source(records, begin))].length
  if (count !== records.length) throw new Error(`${count} of ${records.length}`)
  return files(folder)
}

function files(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

test('people by name, images by what their ids say, bytes as they are', async t => {
  const folder = scratch(t)
  const records = [
    { id: 'Ann/b 1.jpg', label: 1, image: jpeg(1) },
    { id: 'Zoë 😀/é.JPEG', label: 0, image: jpeg(2) },
    { id: 'Ann/was.pgm', label: 1, image: png },
    { id: 'C:\\faces\\x.png', label: 1n, image: jpeg(3) },
    { id: 'v1.2', label: 1, image: jpeg(4) },
    { id: 7, label: 1, image: jpeg(5) },
    { id: 2n ** 60n, label: 1, image: jpeg(6) },
    { label: 1, image: png },
  ]
  t.strictSame(
    write(folder, records, { names: ['Zoë 😀', 'Ann'] }),
    [
      'Ann/00000007.jpg',
      'Ann/1152921504606846976.jpg',
      'Ann/b 1.jpg',
      'Ann/v1.2.jpg',
      'Ann/was.png',
      'Ann/x.jpg',
      'Ann/00000007.png',
      'Zoë 😀/é.JPEG',
    ].sort(),
  )
  t.ok(readFileSync(join(folder, 'Ann/b 1.jpg')).equals(jpeg(1)))
  t.ok(readFileSync(join(folder, 'Ann/was.png')).equals(png))
})

test('without names, people are numbers that sort as they count', async t => {
  const labels = [0, 9, 10, 157].map(label => ({ id: label, label, image: jpeg(label) }))
  t.strictSame(write(scratch(t), labels, { classes: 158 }), [
    '000/00000000.jpg',
    '009/00000009.jpg',
    '010/00000010.jpg',
    '157/00000157.jpg',
  ])
  t.strictSame(readdirSync(scratch(t)), [])
  const unknown = scratch(t)
  write(unknown, labels)
  t.strictSame(listPeople(await openImageSource(unknown)).people, ['0000000', '0000009', '0000010', '0000157'])
})

test('images of one name are all kept', async t => {
  const records = [1, 2, 3].map(byte => ({ id: `folder ${byte}/a.jpg`, label: 0, image: jpeg(byte) }))
  records.splice(1, 0, { id: 'a-2.jpg', label: 0, image: jpeg(9) })
  const folder = scratch(t)
  t.strictSame(write(folder, records, { names: ['Ann'] }), ['Ann/a-2.jpg', 'Ann/a-3.jpg', 'Ann/a-4.jpg', 'Ann/a.jpg'])
  const bytes = ['a', 'a-2', 'a-3', 'a-4'].map(name => readFileSync(join(folder, `Ann/${name}.jpg`))[3])
  t.strictSame(bytes, [1, 9, 2, 3])
})

test('nothing is written outside, whatever the names are', async t => {
  const parent = scratch(t, { 'faces/.keep': '' })
  const names = [
    '../up',
    '/etc/passwd',
    '..',
    '.',
    '',
    '.hidden',
    'a\\b',
    'nul\0',
    'CON',
    'com1.x',
    'dot.',
    'line\nbreak',
    '...',
  ]
  const ids = ['../../x.jpg', '/etc/x.jpg', '..', '.', '', '.jpg', '..jpg', 'a\0b', 'AUX.jpg', '...', 'nul', 'x/', '\n']
  const records = names.map((_, label) => ({ id: ids[label]!, label, image: jpeg(label) }))
  write(join(parent, 'faces'), records, { names })
  t.strictSame(readdirSync(parent), ['faces'])
  t.strictSame(
    files(join(parent, 'faces')),
    [
      '.keep',
      '%/%.jpg',
      '%2E%2E/%2E%2E.jpg',
      '%2E.%2E/%0A.jpg',
      '%2E.%2Fup/x.jpg',
      '%2E/%2E.jpg',
      '%2Fetc%2Fpasswd/x.jpg',
      '%2Ehidden/%2Ejpg.jpg',
      '%43ON/%41UX.jpg',
      '%63om1.x/%2E.%2E.jpg',
      'a%5Cb/%2E.jpg',
      'dot%2E/%6Eul.jpg',
      'line%0Abreak/x.jpg',
      'nul%00/a%00b.jpg',
    ].sort(),
  )
})

test('names that would be one folder', async t => {
  const twice = { names: ['Ann', 'Bob', 'Ann'], source: 'x' }
  t.throws(() => write(scratch(t), [{ label: 0, image: png }], twice), {
    name: 'DataError',
    message: 'x: has two people named "Ann"',
  })
  const records = [0, 1].map(label => ({ label, image: png }))
  t.throws(() => write(scratch(t), records, { names: ['a/b', 'a%2Fb'] }), {
    name: 'DataError',
    message: 'record 1: expected a folder for "a%2Fb" alone, found that of "a/b"',
  })
})

test('each segment of a stream has its own names', async t => {
  const segments: [Begin, DataMap[]][] = [
    [
      { begin: 1, names: ['Ann', 'Bob'] },
      [
        { id: 1, label: 0, image: png },
        { id: 2, label: 1, image: png },
      ],
    ],
    [
      { begin: 1, names: ['Bob', 'Zoë'] },
      [
        { id: 3, label: 0, image: png },
        { id: 4, label: 1, image: png },
      ],
    ],
  ]
  const joined = {
    begin: segments[0]![0],
    *[Symbol.iterator]() {
      for (const [begin, records] of segments) {
        this.begin = begin
        yield* records
      }
    },
  }
  const folder = scratch(t)
  t.equal([...writeImageFolder(folder, joined)].length, 4)
  t.strictSame(files(folder), ['Ann/00000001.png', 'Bob/00000002.png', 'Bob/00000003.png', 'Zoë/00000004.png'])
})

test('records that are no labelled image are named', async t => {
  const wrong: [DataMap, RegExp][] = [
    [{ id: 5, image: png }, /^x\.rec: record 0 \(id 5\): expected a label that is a whole number, found none$/],
    [{ label: 0.5, image: png }, /found 0\.5$/],
    [{ label: -1, image: png }, /found -1$/],
    [{ label: tensorOf(Float32Array.of(0.5, 1)), image: png }, /found several, the first of another kind$/],
    [{ label: 0, payload: png }, /expected an image, found none$/],
    [{ label: 0, image: Buffer.from('P5 1 1 255 x') }, /expected a JPEG or PNG image, found PGM$/],
    [{ label: 0, image: Buffer.of() }, /found no bytes$/],
  ]
  for (const [record, message] of wrong) {
    t.throws(() => write(scratch(t), [record], { source: 'x.rec' }), { name: 'DataError', message })
  }
})

test('of several numbers the first is the person', async t => {
  const folder = scratch(t)
  const records = [3, 1, 3].map((person, i) => ({ id: i, label: tensorOf(Float32Array.of(person, 0.5)), image: png }))
  t.strictSame(write(folder, [...records, { id: 3, label: 1, image: png }], { classes: 4 }), [
    '1/00000001.png',
    '1/00000003.png',
    '3/00000000.png',
    '3/00000002.png',
  ])
})

test('no record at all is an error', async t => {
  t.throws(() => write(scratch(t), [], { source: 'x.rec' }), {
    name: 'DataError',
    message: 'x.rec: expected images, found none',
  })
})
