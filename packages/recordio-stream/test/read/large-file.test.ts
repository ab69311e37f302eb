/** A file of more than 4 GiB, most of it holes: what a reader does with places beyond 2^32. */
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rebuildIndex } from '../../src/index/rebuild-index.js'
import { type ReadOptions, readRecordIO } from '../../src/read/read-recordio.js'
import { RecordFile } from '../../src/read/record-file.js'
import { irRecord, part, scratch, tinyImage } from '../fixtures.js'

const LARGE = 2 ** 26
const COUNT = 66

/** 66 records of 64 MiB of zeros, then three images: 4.1 GiB. */
function sparse(path: string): { offsets: number[]; size: number } {
  const fd = openSync(path, 'w')
  const offsets: number[] = []
  let at = 0
  for (let i = 0; i < COUNT; i++) {
    const row = irRecord(i, i, tinyImage(i))
    const framed = part(0, row)
    framed.writeUInt32LE(LARGE - 8, 4)
    writeSync(fd, framed, 0, framed.length, at)
    offsets.push(at)
    at += LARGE
  }
  for (let i = COUNT; i < COUNT + 3; i++) {
    const framed = part(0, irRecord(i, i, tinyImage(i)))
    writeSync(fd, framed, 0, framed.length, at)
    offsets.push(at)
    at += framed.length
  }
  ftruncateSync(fd, at)
  closeSync(fd)
  return { offsets, size: at }
}

t.test('offsets beyond 2^32', t => {
  const path = join(scratch(t), 'x.rec')
  const { offsets, size } = sparse(path)
  t.ok(offsets[COUNT]! > 2 ** 32)
  t.equal(statSync(path).size, size)
  const read = (options: ReadOptions) =>
    Array.from(readRecordIO(path, options), ({ id, label, image }) => [id, label, image!.length])
  const last = [COUNT, COUNT + 1, COUNT + 2]
  const end = { index: 999_999, of: 1_000_000 }

  t.same(
    read({ part: end }),
    last.map(i => [offsets[i], i, 13]),
    'a part without an index is looked for',
  )
  t.same(
    read({ part: end, skipDamaged: true }),
    last.map(i => [offsets[i], i, 13]),
  )

  writeFileSync(path.replace('.rec', '.idx'), offsets.map((offset, i) => `${1000 - i}\t${offset}\n`).join(''))
  const keyed = last.map(i => [1000 - i, i, 13])
  t.same(read({ part: end }), keyed, 'with an index')
  t.same(read({ order: 'index', limit: 3 }), [...keyed].reverse(), 'by keys')
  t.same(read({ order: 'index', part: { index: 0, of: 1_000_000 } }).slice(0, 3), [...keyed].reverse())

  const file = new RecordFile(path)
  t.ok(file.seek(offsets[COUNT + 1]!))
  t.equal(file.next()!.length, 24 + 13)
  t.equal(file.scanner.offset, offsets[COUNT + 1])
  file.close()

  t.equal(rebuildIndex(path, { force: true }).count, COUNT + 3, 'read from one end to the other')
  const index = readFileSync(path.replace('.rec', '.idx'), 'latin1')
  t.equal(index, offsets.map((offset, i) => `${i}\t${offset}\n`).join(''))
  t.end()
})
