import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { openParquet, parquetRecords } from '../src/index.js'

/** A file that pyarrow wrote, and the rows that it reads in it: bytes in hexadecimal; see python-parquet.py. */
interface PythonFile {
  file: string
  rows: { [column: string]: string | number | boolean | null }[]
}

const FILES: { [name: string]: PythonFile } = JSON.parse(
  readFileSync(fileURLToPath(new URL('python-parquet.json', import.meta.url)), 'utf8'),
)
const bytesOf = (name: string) => gunzipSync(Buffer.from(FILES[name]!.file, 'base64'))

function write(folder: string, name: string, bytes: Uint8Array = bytesOf(name)): string {
  const path = join(folder, `${name}.parquet`)
  writeFileSync(path, bytes)
  return path
}

async function read(...paths: string[]): Promise<DataMap[]> {
  const records: DataMap[] = []
  for await (const record of await parquetRecords(paths)) records.push(record)
  return records
}

const bytes = (hex: unknown) => new Uint8Array(Buffer.from(hex as string, 'hex'))

t.test('what pyarrow wrote, in every encoding and compression', async t => {
  const folder = t.testdir()
  for (const [name, { rows }] of Object.entries(FILES)) {
    if (!name.startsWith('faces')) continue
    const found = (await read(write(folder, name))).map(record => ({
      ...record,
      image: Uint8Array.from(record.image!),
    }))
    t.same(
      found,
      rows.map(({ image, label }, id) => ({ id, label, image: bytes(image) })),
      name,
    )
  }
})

t.test('pairs are two records each, as of a .bin', async t => {
  const folder = t.testdir()
  for (const name of ['pairs', 'pairs, numbers']) {
    const found = (await read(write(folder, name))).map(record => ({
      ...record,
      image: Uint8Array.from(record.image!),
    }))
    const expected = FILES[name]!.rows.flatMap(({ image1, image2, label }, index) => [
      { id: 2 * index, image: bytes(image1), pair: { index, side: 0, same: Boolean(label) } },
      { id: 2 * index + 1, image: bytes(image2), pair: { index, side: 1, same: Boolean(label) } },
    ])
    t.same(found, expected, name)
  }
})

t.test('names that the library of Hugging Face noted', async t => {
  const { begin } = await parquetRecords([write(t.testdir(), 'faces, names')])
  t.match(begin, { classes: 4, names: ['Ann', 'Bob', 'Zoë', '日本'] })
  t.same(Object.keys((await parquetRecords([write(t.testdir(), 'faces, snappy')])).begin), ['source'])
})

t.test('many files: a folder, a glob; ids go on', async t => {
  const folder = t.testdir()
  write(folder, 'faces, zstd')
  write(folder, 'faces, gzip')
  for (const path of [folder, join(folder, '*.parquet')])
    t.same(
      (await read(path)).map(({ id }) => id),
      [...Array(22).keys()],
    )
  await t.rejects(read(t.testdir({})), { name: 'DataError', expected: 'files *.parquet' })
})

t.test('rows without a JPEG or PNG are left out and counted; so are labels that are none', async t => {
  const path = write(t.testdir(), 'some without')
  const records = await parquetRecords([path])
  const found: DataMap[] = []
  for await (const record of records) found.push(record)
  t.match(found, [
    { id: 0, label: 1 },
    { id: 3, label: undefined },
  ])
  t.match(records, { leftOut: 2, leftOutFor: 'no image', unlabelled: 1 })
})

t.test('a dataset of nothing is an error that says what there is', async t => {
  const folder = t.testdir()
  const expected = 'at least one row with a JPEG or PNG'
  for (const [name, found] of [
    ['no images', '1 without; the first has no image'],
    ['paths alone', '1 without; the first has no more of it than its path, "a/1.jpg"'],
    ['no rows', 'no rows'],
  ] as const) {
    await t.rejects(
      read(write(folder, name)),
      { name: 'DataError', expected, found: new RegExp(found.replace(/^1/, '\\d+')) },
      name,
    )
  }
  await t.rejects(read(write(folder, 'other columns')), {
    name: 'DataError',
    expected: 'a column image, or image1, image2 and label',
    found: 'image_x, person',
  })
})

t.test('what is no Parquet file is called what it is', async t => {
  const folder = t.testdir()
  for (const [text, found] of [
    ['', 'an empty file'],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`, /^a Git LFS pointer/],
    ['<html>404</html>', 'an HTML page'],
  ] as const) {
    const path = write(folder, 'wrong', Buffer.from(text))
    await t.rejects(openParquet(path), { name: 'DataError', file: path, expected: 'a Parquet file', found })
  }
})

t.test('every truncation is an error, and a flipped bit never another kind of failure', async t => {
  const folder = t.testdir()
  const whole = bytesOf('faces, row groups of 5')
  for (let size = 0; size < whole.length; size += 37) {
    await t.rejects(read(write(folder, 'cut', whole.subarray(0, size))), { name: 'DataError' }, `cut at ${size}`)
  }
  let caught = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(8 * whole.length - 1), async bit => {
      const damaged = Buffer.from(whole)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      try {
        await read(write(folder, 'flipped', damaged))
        return true
      } catch (error) {
        caught++
        return error instanceof DataError && !error.message.includes('\n')
      }
    }),
    { numRuns: Number(process.env.TINY_FACE_RUNS ?? 150) },
  )
  t.ok(caught > 0)
})

/** A file of the same bytes whose only row group says that it has `rows` rows. */
function claiming(whole: Buffer, rows: number, count: number): Buffer[] {
  const length = whole.readUInt32LE(whole.length - 8)
  const footer = whole.subarray(whole.length - 8 - length, whole.length - 8)
  const files: Buffer[] = []
  for (let at = 0; at < footer.length - 1; at++) {
    // Thrift's compact protocol: an i64 field that follows another one, then twice the number as a varint.
    if (footer[at] !== 0x16 || footer[at + 1] !== 2 * count) continue
    const changed = Buffer.concat([footer.subarray(0, at + 1), varint(2 * rows), footer.subarray(at + 2)])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(changed.length)
    files.push(Buffer.concat([whole.subarray(0, whole.length - 8 - length), changed, size, Buffer.from('PAR1')]))
  }
  return files
}

function varint(value: number): Buffer {
  const bytes = []
  let left = value
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
  return Buffer.from([...bytes, left])
}

t.test('numbers of rows that do not agree are told, before rows are lost or made up', async t => {
  const name = 'faces, none'
  const whole = bytesOf(name)
  const count = FILES[name]!.rows.length
  const folder = t.testdir()
  let told = 0
  for (const rows of [5, count + 1, 20_000_000]) {
    const files = claiming(whole, rows, count)
    t.ok(files.length > 0)
    for (const [i, bytes] of files.entries()) {
      try {
        const found = await read(write(folder, `${rows}-${i}`, bytes))
        // Some of these numbers are a column's count of values, of which hyparquet needs none.
        t.equal(found.length, count, `${rows}, place ${i}`)
      } catch (error) {
        told++
        t.type(error, DataError, `${rows}, place ${i}: ${error}`)
      }
    }
  }
  t.ok(told >= 3)
})

t.test('names of the labels are taken where all files have the same', async t => {
  const folder = t.testdir()
  const named = Object.keys(FILES).find(name => name.includes('names'))!
  const [first, second, none] = [
    write(folder, named),
    write(folder, 'copy', bytesOf(named)),
    write(folder, 'faces, none'),
  ]
  const { names } = (await parquetRecords([first])).begin
  t.ok(names!.length > 1)
  t.same((await parquetRecords([first, second])).begin.names, names)
  t.equal((await parquetRecords([first, none])).begin.names, undefined)
  t.equal((await parquetRecords([first, none])).begin.classes, undefined)
})
