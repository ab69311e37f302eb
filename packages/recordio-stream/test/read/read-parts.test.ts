/** Orders, parts and limits, over one file and several. */
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mersenneTwister, shuffledOrder } from '@tiny-face/seeded-random'
import fc from 'fast-check'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { type ReadOptions, readRecordIO } from '../../src/read/read-recordio.js'
import {
  anyFile,
  FILES,
  type GeneratedFile,
  generatedFile,
  irRecord,
  part,
  repacked,
  runs,
  scratch,
  sha256,
  tinyImage,
} from '../fixtures.js'

const data = sharedData()

/** Each record's id, the digest of its bytes, and their number. */
const read = (paths: string | string[], options: ReadOptions = {}) =>
  Array.from(readRecordIO(paths, { all: true, ...options }), record => {
    const bytes = repacked(record)
    return [record.id, sha256(bytes), bytes.length]
  })
const parts = (paths: string | string[], of: number, options: ReadOptions = {}) =>
  Array.from({ length: of }, (_, index) => read(paths, { ...options, part: { index, of } }))
const contents = (records: unknown[][]) => records.map(([, content]) => content)

function write(folder: string, files: GeneratedFile[], indexed: boolean): string[] {
  return files.map(({ bytes, index }, i) => {
    const path = join(folder, `${i}.rec`)
    writeFileSync(path, bytes)
    if (indexed) writeFileSync(join(folder, `${i}.idx`), index)
    else rmSync(join(folder, `${i}.idx`), { force: true })
    return path
  })
}

t.test('parts of any files together give each record once, in order', t => {
  const folder = scratch(t)
  const orders = fc.constantFrom<ReadOptions>({}, { order: 'file' }, { order: 'index' }, { order: { shuffle: 7 } })
  const files = fc.array(anyFile, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      files,
      fc.integer({ min: 1, max: 9 }),
      orders,
      fc.boolean(),
      fc.boolean(),
      (files, of, options, indexed, skipDamaged) => {
        const paths = write(folder, files, indexed || options.order === 'index')
        const whole = read(paths, options)
        const shares = parts(paths, of, { ...options, skipDamaged }).flat()
        if (JSON.stringify(contents(shares)) !== JSON.stringify(contents(whole))) return false
        // Ids are those of the whole, or say where the record begins.
        const hasIds = indexed || (options.order !== undefined && options.order !== 'file')
        const ids = shares.map(([id]) => id)
        const offsets = files.flatMap(file => file.offsets)
        return JSON.stringify(ids) === JSON.stringify(hasIds ? whole.map(([id]) => id) : offsets)
      },
    ),
    { numRuns: runs(100) },
  )
  t.end()
})

t.test('an index does not change where parts begin', t => {
  const folder = scratch(t)
  fc.assert(
    fc.property(fc.array(anyFile, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 9 }), (files, of) => {
      const without = parts(write(folder, files, false), of).map(contents)
      const indexed = parts(write(folder, files, true), of).map(contents)
      return JSON.stringify(without) === JSON.stringify(indexed)
    }),
    { numRuns: runs(100) },
  )
  t.end()
})

t.test('0/7 … 6/7 of every real file, with its index and without', { skip: !data }, t => {
  const folder = scratch(t)
  const copy = join(folder, 'x.rec')
  for (const name of FILES) {
    const path = join(data!, 'recordio', `${name}.rec`)
    const whole = read(path)
    const hasIndex = existsSync(path.replace('.rec', '.idx'))
    const ids = (records: unknown[][]) => (hasIndex ? records.map(([id]) => id) : [])
    t.same(contents(parts(path, 7).flat()), contents(whole), name)
    t.same(ids(parts(path, 7).flat()), ids(whole), `${name}: keys`)
    copyFileSync(path, copy)
    const shares = parts(copy, 7)
    t.same(contents(shares.flat()), contents(whole), `${name} without an index`)
    if (hasIndex) {
      const shuffled = read(path, { order: { shuffle: 3 } })
      t.same(parts(path, 7, { order: { shuffle: 3 } }).flat(), shuffled, `${name} shuffled`)
      t.same(shuffled.map(String).sort(), whole.map(String).sort())
    }
  }
  t.end()
})

t.test('parts are alike in bytes, to one record', { skip: !data }, t => {
  const path = join(data!, 'recordio/lfw_min10/train.rec')
  for (const order of ['file', 'index', { shuffle: 1 }] as const) {
    const shares = parts(path, 7, { order }).map(records =>
      records.reduce(
        (sum, [, content]) => sum + generatedFile([Buffer.from(content as string, 'hex')]).bytes.length,
        0,
      ),
    )
    t.ok(Math.max(...shares) - Math.min(...shares) < 2 * 8000, `${JSON.stringify(order)}: ${shares}`)
  }
  t.end()
})

t.test('what a part says ahead is of the whole', { skip: !data }, t => {
  const path = join(data!, 'recordio/lfw_min10/train.rec')
  const orl = join(data!, 'recordio/insightface_orl/train.rec')
  const begin = (options: ReadOptions, paths: string | string[] = path) => {
    const reader = readRecordIO(paths, options)
    reader.close()
    return reader.begin
  }
  const before = (options: ReadOptions) =>
    [0, 1, 2].reduce((sum, index) => sum + [...readRecordIO(path, { ...options, part: { index, of: 7 } })].length, 0)
  t.same(begin({ part: { index: 3, of: 7 } }), {
    classes: 158,
    source: path,
    part: { index: 3, of: 7, first: before({}) },
  })
  const part3 = { part: { index: 3, of: 7 }, all: true }
  t.same(begin(part3), {
    count: read(path, part3).length,
    classes: 158,
    source: path,
    part: { index: 3, of: 7, first: before({ all: true }) },
  })
  t.same(begin({ order: { shuffle: 1 } }), { count: 4324, classes: 158, source: path })
  t.same(begin({ limit: 10 }), { count: 10, classes: 158, source: path })
  t.same(begin({ skipDamaged: true }), { classes: 158, source: path }, 'nobody knows how many are damaged')
  const both = { count: 4724, classes: 158, source: `${orl} and 1 more` }
  t.same(begin({}, [orl, path]), both, 'the sum, and the most classes')
  t.same(begin({ all: true }, [orl, path]), { ...both, count: 4483 + 441 })
  t.end()
})

t.test('several files are one stream', { skip: !data }, t => {
  const paths = ['insightface_orl/train', 'magic/m', 'raw/raw', 'im2rec/orl_enc'].map(name =>
    join(data!, 'recordio', `${name}.rec`),
  )
  t.same(
    read(paths),
    paths.flatMap(path => read(path)),
  )
  const shuffled = read(paths, { order: { shuffle: 9 } })
  const all = paths.flatMap(path => read(path))
  t.same(
    shuffled,
    [...shuffledOrder(all.length, mersenneTwister(9))].map(place => all[place]),
  )
  t.end()
})

t.test('a limit', { skip: !data }, t => {
  const path = join(data!, 'recordio/insightface_orl/train.rec')
  const whole = read(path)
  for (const limit of [0, 1, 7, 441, 1000]) t.same(read(path, { limit }), whole.slice(0, limit))
  const images = Array.from(readRecordIO(path, { limit: 3 }), ({ id }) => id)
  t.same(images, [1, 2, 3], 'counts what comes out')
  t.same(read([path, path], { limit: 500 }).length, 500)
  t.end()
})

const header = irRecord([4, 6], 0, Buffer.alloc(0))
const images = [1, 2, 3].map(id => irRecord(id === 3 ? 1 : 0, id, tinyImage(id)))
const identities = [irRecord([1, 3], 4, Buffer.alloc(0)), irRecord([3, 4], 5, Buffer.alloc(0))]

t.test('a header row behind the images, as face2rec2.py writes it', t => {
  const folder = scratch(t)
  const file = generatedFile([...images, header, ...identities], [1, 2, 3, 0, 4, 5])
  const roles = (path: string, options: ReadOptions = {}) =>
    Array.from(readRecordIO(path, { all: true, ...options }), ({ id, recordio }) => [id, recordio!.role])
  const [path] = write(folder, [file], true) as [string]
  const expected = [
    [1, 'image'],
    [2, 'image'],
    [3, 'image'],
    [0, 'header'],
    [4, 'identity'],
    [5, 'identity'],
  ]
  t.same(roles(path), expected)
  t.same(roles(path, { order: 'index' }), [expected[3], ...expected.filter((_, i) => i !== 3)])
  const sorted = (rows: unknown[][]) => rows.sort(([a], [b]) => Number(a) - Number(b))
  for (let seed = 0; seed < 20; seed++) {
    t.same(sorted(roles(path, { order: { shuffle: seed } })), sorted([...expected]), `seed ${seed}`)
  }
  const reader = readRecordIO(path)
  t.same(reader.begin, { count: 3, classes: 2, source: path }, 'found by its key')
  t.same([...reader].length, 3)
  t.equal(reader.leftOut, 0)
  for (let index = 0; index < 5; index++) {
    t.equal(readRecordIO(path, { part: { index, of: 5 } }).begin.classes, 2)
  }

  write(folder, [file], false)
  t.same(
    roles(path).map(([, role]) => role),
    expected.map(([, role]) => role),
    'without an index: by its id',
  )
  const sequential = readRecordIO(path)
  t.same(sequential.begin, { source: path }, 'too late to say ahead')
  t.same([...sequential].length, 3)
  t.equal(sequential.leftOut, 0)
  t.end()
})

t.test('an index of some records: what it leaves out is said', t => {
  const folder = scratch(t)
  const file = generatedFile(images)
  const [path] = write(folder, [file], true) as [string]
  const size = file.offsets[1]!
  const unlisted = (index: string) => {
    writeFileSync(join(folder, '0.idx'), index)
    return [{ order: 'index' }, { order: { shuffle: 1 } }].map(options => {
      const reader = readRecordIO(path, options as ReadOptions)
      const count = [...reader].length
      return [count, reader.unlisted]
    })
  }
  const twice = <T>(value: T) => [value, value]
  t.same(unlisted(file.index), twice([3, 0]))
  t.same(unlisted(`2\t${2 * size}\n`), twice([1, 2 * size]))
  t.same(unlisted(`0\t0\n2\t${2 * size}\n`), twice([2, size]))
  t.same(unlisted('0\t0\n'), twice([1, 2 * size]))
  t.same(unlisted(`0\t0\n1\t0\n2\t${size}\n3\t${2 * size}\n`), twice([4, 0]), 'a record under two keys')
  t.end()
})

t.test('a wrong length before the next part is noticed by the part that reads it', t => {
  const folder = scratch(t)
  const file = generatedFile(images)
  const [path] = write(folder, [file], false) as [string]
  const damaged = Buffer.from(file.bytes)
  damaged.writeUInt32LE(damaged.readUInt32LE(4) - 8, 4)
  writeFileSync(path, damaged)
  t.throws(() => read(path, { part: { index: 0, of: 3 } }), { message: /byte 40: record 1: expected the magic number/ })
  t.equal(read(path, { part: { index: 1, of: 3 } }).length, 1)
  damaged.writeUInt32LE(damaged.readUInt32LE(4) + 16, 4)
  writeFileSync(path, damaged)
  t.throws(() => read(path, { part: { index: 0, of: 3 } }), { message: /byte 56: record 1: expected the magic number/ })
  damaged.writeUInt32LE(damaged.readUInt32LE(52) - 8, 52)
  writeFileSync(path, damaged)
  const second = { part: { index: 1, of: 3 } }
  t.throws(() => read(path, second), { message: /\.rec: byte 88: expected the magic number/ }, 'no number is known')
  t.end()
})

t.test('past damage, with an index: keys stay', t => {
  const folder = scratch(t)
  const file = generatedFile(images, [30, 10, 20])
  const [path] = write(folder, [file], true) as [string]
  const damaged = Buffer.from(file.bytes)
  damaged.fill(0, file.offsets[1]! + 12, file.offsets[2]! + 4)
  writeFileSync(path, damaged)
  for (const order of ['file', 'index', { shuffle: 1 }] as const) {
    const reader = readRecordIO(path, { skipDamaged: true, order })
    t.same(
      Array.from(reader, ({ id }) => id),
      [30],
    )
    const lost = reader.damage.map(({ from, to }) => [from, to]).sort(([a], [b]) => a! - b!)
    t.equal(lost[0]![0], file.offsets[1])
    t.equal(lost.at(-1)![1], damaged.length)
  }
  t.throws(() => read(path), { message: /byte \d+: record 2: expected the magic number/ })
  t.throws(() => read(path, { order: 'index' }), { message: /stale index, expected a record at byte/ })
  t.end()
})

t.test('what is damaged in one stretch is one entry, and words before a record are another', t => {
  const path = join(scratch(t), 'x.rec')
  const rows = images.map(image => part(0, image))
  const good = part(0, images[2]!)
  rows[0]!.writeUInt32LE(rows[0]!.readUInt32LE(4) - 8, 4)
  rows[1]!.writeUInt32LE(rows[1]!.readUInt32LE(4) - 8, 4)
  const size = good.length
  writeFileSync(path, Buffer.concat([Buffer.alloc(4), good, ...rows, good]))
  const reader = readRecordIO(path, { skipDamaged: true })
  t.same([...reader].length, 3)
  t.match(reader.damage, [
    { from: 0, to: 4, reason: /^expected the magic number 0xced7230a, found 0x00000000$/ },
    { from: 4 + size, to: 4 + 3 * size, reason: new RegExp(`^at byte ${4 + 2 * size - 8} expected the magic number`) },
  ])
  t.end()
})

t.test('a length that swallows the next record exactly is no record past damage', t => {
  const path = join(scratch(t), 'x.rec')
  const [a, b, c] = images.map(image => part(0, image)) as [Buffer, Buffer, Buffer]
  a.writeUInt32LE(a.length + b.length - 8, 4)
  writeFileSync(path, Buffer.concat([a, b, c]))
  t.equal(read(path).length, 2, 'nothing tells, without a look inside')
  t.same(contents(read(path, { skipDamaged: true })), images.slice(1).map(sha256))
  t.end()
})

t.test('what cannot be read by position is said', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  writeFileSync(path, part(0, images[0]!))
  const expected = { message: `${folder}/x.idx: expected the index that is to be read by, found no such file` }
  t.throws(() => readRecordIO(path, { order: 'index' }), expected)
  for (const options of [{ order: { shuffle: 1 } }, { part: { index: 0, of: 2 } }, { skipDamaged: true }]) {
    t.throws(() => readRecordIO('/dev/null', options), { message: /\/dev\/null: expected a file on disk/ })
  }
  t.same([...readRecordIO('/dev/null')], [])
  t.same([...readRecordIO([])], [])
  t.end()
})

t.test('a download that stopped between two records: what a header row announces is not there', t => {
  const folder = scratch(t)
  const rows = [irRecord([3, 4], 0, Buffer.alloc(0)), ...[1, 2].map(id => irRecord(0, id, tinyImage(id)))]
  const whole = generatedFile([...rows, irRecord([1, 3], 3, Buffer.alloc(0))])
  const cut = whole.bytes.subarray(0, whole.offsets[3])
  const [path] = write(folder, [{ ...whole, bytes: cut }], false) as [string]
  const expected = `${path}: expected identity rows at the end, 1 of them as its header row says, found an image as the last of`
  t.throws(() => read(path), { message: `${expected} 3 records: the file is cut off` })
  t.throws(() => read(path, { part: { index: 1, of: 2 } }), { message: /found an image: the file is cut off$/ })
  t.equal(read(path, { part: { index: 0, of: 2 } }).length, 2)
  t.equal(read(path, { limit: 3 }).length, 3, 'who does not read so far is not told')
  write(folder, [whole], false)
  t.equal(read(path).length, 4)
  t.end()
})
