import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { indexPath, orderOfKeys, readIndex } from '../../src/index/read-index.js'
import { readRecordIO, rebuildIndex } from '../../src/index.js'
import { irRecord, part, scratch, tinyImage } from '../fixtures.js'

function read(t: Test, text: string) {
  const file = join(scratch(t), 'x.idx')
  writeFileSync(file, text)
  const { keys, offsets } = readIndex(file)!
  return Array.from(keys, (key, i) => [key, offsets[i]])
}

t.test('keys and offsets', t => {
  t.same(read(t, '0\t0\n1\t40\n2\t5088\n'), [
    [0, 0],
    [1, 40],
    [2, 5088],
  ])
  t.same(
    read(t, '0\t0\n1\t40'),
    [
      [0, 0],
      [1, 40],
    ],
    'no newline at the end',
  )
  t.same(
    read(t, '0\t0\r\n1\t40\r\n\n'),
    [
      [0, 0],
      [1, 40],
    ],
    'lines of Windows, empty lines',
  )
  t.same(
    read(t, '7\t40\n5\t0\n'),
    [
      [5, 0],
      [7, 40],
    ],
    'in the order of the offsets',
  )
  t.same(read(t, '999999999999999\t999999999999999\n'), [[999999999999999, 999999999999999]])
  t.same(read(t, '9007199254740993\t0\n'), [[9007199254740993n, 0]], 'a key that no Number holds')
  t.same(
    read(t, 'añb\t0\n-1\t8\n'),
    [
      ['añb', 0],
      ['-1', 8],
    ],
    'keys that are names',
  )
  t.same(read(t, ''), [])
  t.end()
})

t.test('lines across chunks', t => {
  const lines = Array.from({ length: 200_000 }, (_, i) => [i, i * 2100])
  t.strictSame(read(t, lines.map(([key, offset]) => `${key}\t${offset}\n`).join('')).flat(), lines.flat())
  t.end()
})

t.test('what is no index is refused with its place', t => {
  for (const [text, found] of [
    ['x', '"x"'],
    ['1\t', '"1\\t"'],
    ['\t5', '"\\t5"'],
    ['1 5', '"1 5"'],
    ['1\t-5', '"1\\t-5"'],
    ['1\t5.5', '"1\\t5.5"'],
    ['1\t5\t6', '"1\\t5\\t6"'],
    ['1\t9999999999999999', '"1\\t9999999999999999"'],
    ['k'.repeat(5000), `"${'k'.repeat(40)}"`],
    ['\u0000'.repeat(2_000_000), `"${'\\u0000'.repeat(40)}"`],
  ]) {
    const message = `x.idx: byte 4: record 1: expected a key, a tab and an offset, found ${found}; recordio-index --force `
    try {
      read(t, `0\t0\n${text}`)
      t.fail('was read')
    } catch (error) {
      t.ok((error as Error).message.includes(message), (error as Error).message)
      t.match(error, { message: /x\.rec makes it anew$/ })
    }
  }
  t.end()
})

t.test('in capitals or not, it is the index beside the file, and errors name that file', t => {
  for (const [rec, idx] of [
    ['x.REC', 'x.IDX'],
    ['x.REC', 'x.idx'],
    ['x.Rec', 'x.Idx'],
    ['x.rec', 'x.IDX'],
  ]) {
    const folder = scratch(t)
    const path = join(folder, rec!)
    writeFileSync(path, part(0, irRecord(0, 5, tinyImage(1))))
    writeFileSync(join(folder, idx!), '5\t400\n')
    t.equal(indexPath(path), join(folder, idx!))
    const mending = `recordio-index --force ${path} makes it anew`
    t.throws(() => [...readRecordIO(path)], {
      name: 'DataError',
      file: join(folder, idx!),
      found: new RegExp(`${mending}$`),
    })
    writeFileSync(join(folder, idx!), '5 400\n')
    t.throws(() => readRecordIO(path), {
      name: 'DataError',
      file: join(folder, idx!),
      found: new RegExp(`${mending}$`),
    })
    rebuildIndex(path, { force: true })
    t.same(readdirSync(folder).sort(), [rec, idx].sort(), 'it is made anew under its own name')
    t.same(
      Array.from(readRecordIO(path), ({ id }) => id),
      [5],
    )
  }
  t.equal(indexPath(join(scratch(t), 'y.REC')).slice(-5), 'y.idx', 'a new one')
  t.end()
})

t.test('names and order', t => {
  t.equal(indexPath('a/train.rec'), 'a/train.idx')
  t.equal(indexPath('a.rec/train'), 'a.rec/train.idx')
  t.equal(readIndex('/no/such.idx'), undefined)
  t.same([...orderOfKeys([3, 10n ** 20n, 'b', 1, 'a', 2])], [3, 5, 0, 1, 4, 2])
  t.end()
})
