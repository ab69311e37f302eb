import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { type Part, parsePart } from '@tiny-face/command-shell'
import type { DataMap } from '@tiny-face/record-stream'
import fc from 'fast-check'
import t from 'tap'
import { readTFRecord } from '../../src/framing/read-tfrecord.js'
import { readShards, type ShardFile } from '../../src/index.js'
import { planPart } from '../../src/shards/plan-part.js'
import { runs, tfrecordOf } from '../fixtures.js'

/** The numbers, among all records, of those that a part reads. */
function idsOf(files: ShardFile[], part: Part): number[] {
  const { firstId, runs } = planPart(files, part)
  let id = firstId
  return runs.flatMap(run => Array.from(readTFRecord(run.path, run), () => id++))
}

t.test('parts give each record once, in order, by its number among all', t => {
  const dir = t.testdir()
  const file = fc.record({
    sizes: fc.array(fc.nat(400), { maxLength: 8 }),
    pack: fc.constantFrom('none', 'none', 'gzip', 'zlib'),
    counted: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (files, of) => {
      let count = 0
      const shards = files.map(({ sizes, pack, counted }, index) => {
        const plain = tfrecordOf(sizes.map(size => Buffer.alloc(size)))
        const path = join(dir, `${index}.tfrecord`)
        writeFileSync(path, pack === 'none' ? plain : pack === 'gzip' ? gzipSync(plain) : deflateSync(plain))
        count += sizes.length
        return counted ? { path, count: sizes.length } : { path }
      })
      const ids = Array.from({ length: of }, (_, index) => idsOf(shards, { index, of })).flat()
      return ids.length === count && ids.every((id, index) => id === index)
    }),
    { numRuns: Math.min(2000, runs(100)) },
  )
  t.end()
})

t.test('parts are balanced by bytes, within one file and over many', t => {
  const dir = t.testdir()
  const records = Array.from({ length: 300 }, (_, i) => Buffer.alloc((i * 7919) % 1000))
  const sizeOf = (id: number) => records[id]!.length + 16
  const cuts = [0, 20, 21, 250, 300]
  const one = { path: join(dir, 'one') }
  writeFileSync(one.path, tfrecordOf(records))
  const many = cuts.slice(1).map((end, i) => {
    const path = join(dir, `many${i}`)
    writeFileSync(path, tfrecordOf(records.slice(cuts[i], end)))
    return { path }
  })
  const total = records.reduce((sum, _, id) => sum + sizeOf(id), 0)
  for (const files of [[one], many]) {
    for (const of of [1, 2, 3, 7, 32]) {
      for (let index = 0; index < of; index++) {
        const size = idsOf(files, { index, of }).reduce((sum, id) => sum + sizeOf(id), 0)
        if (Math.abs(size - total / of) > 1016) t.fail(`part ${index}/${of}: ${size} of ${total}`)
      }
    }
  }
  t.end()
})

t.test('as many parts as compressed files: one each', t => {
  const dir = t.testdir()
  const files = Array.from({ length: 8 }, (_, i) => {
    const path = join(dir, `${i}.gz`)
    writeFileSync(path, gzipSync(tfrecordOf([Buffer.alloc(500 + 37 * ((i * 5) % 8), i)]), { level: 0 }))
    return { path }
  })
  for (let index = 0; index < 8; index++) t.same(idsOf(files, { index, of: 8 }), [index])
  t.end()
})

t.test('I/N', t => {
  t.same(parsePart('0/1'), { index: 0, of: 1 })
  t.same(parsePart('6/7'), { index: 6, of: 7 })
  for (const text of ['7/7', '1', '/2', '1/', '0/0', '-1/2', '1/2/3', '1.5/2', 'a/b', ''])
    t.throws(() => parsePart(text), text)
  t.end()
})

t.test('damage before a part is met on the way where it is a length, and not where it is data', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const bytes = tfrecordOf(Array.from({ length: 10 }, () => Buffer.alloc(84)))
  const ids = (damaged: number, index: number) => {
    const file = Buffer.from(bytes)
    file[damaged]! ^= 1
    writeFileSync(path, file)
    return Array.from(readShards([path], { all: true, part: { index, of: 2 } }), (map: DataMap) => map.id)
  }
  t.same(ids(150, 1), [5, 6, 7, 8, 9])
  t.throws(() => ids(101, 1), { name: 'DataError', offset: 100, record: 1, expected: /of the length$/ })
  t.throws(() => ids(150, 0), { name: 'DataError', offset: 100, record: 1, expected: /of the data$/ })
  t.same(ids(501, 0), [0, 1, 2, 3, 4], 'what lies behind a part is not looked at')
  t.end()
})
