import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { readIndex } from '../../src/index/read-index.js'
import { checkIndex, rebuildIndex } from '../../src/index/rebuild-index.js'
import { anyFile, FILES, generatedFile, irRecord, part, runs, scratch, tinyImage } from '../fixtures.js'

const data = sharedData()

t.test('every real index is made again, byte for byte', { skip: !data }, t => {
  const folder = scratch(t)
  for (const name of FILES) {
    const source = join(data!, 'recordio', name)
    if (!existsSync(`${source}.idx`)) continue
    const copy = join(folder, basename(name))
    copyFileSync(`${source}.rec`, `${copy}.rec`)
    // The one file whose keys MXNet was given as numbers, though its ids are others.
    const keys = name === 'vector_labels/v' ? 'number' : undefined
    rebuildIndex(`${copy}.rec`, { keys, force: true })
    t.equal(readFileSync(`${copy}.idx`, 'latin1'), readFileSync(`${source}.idx`, 'latin1'), name)
    t.same(checkIndex(`${source}.rec`).file, `${source}.idx`)
  }
  t.end()
})

t.test('keys are ids where each record has its own, else numbers, and why is said', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  const rebuild = (records: Buffer[], options = {}) => {
    writeFileSync(path, generatedFile(records).bytes)
    const { keys, why, count } = rebuildIndex(path, { force: true, ...options })
    t.equal(count, records.length)
    return [keys, Array.from(readIndex(join(folder, 'x.idx'))!.keys), why].filter(part => part !== undefined)
  }
  const row = (id: number | bigint) => irRecord(0, id, tinyImage(1))
  t.same(rebuild([row(7), row(3), row(5)]), ['id', [7, 3, 5]])
  t.strictSame(rebuild([row(2n ** 53n + 1n), row(2n ** 64n - 1n)]), ['id', [2n ** 53n + 1n, 2n ** 64n - 1n]])
  t.same(rebuild([row(7), row(3), row(7)]), ['number', [0, 1, 2], 'record 2 has id 7, which another has as well'])
  t.same(rebuild([row(7), Buffer.from('text')]), ['number', [0, 1], 'record 1 has no id'])
  t.same(rebuild([row(7), row(3)], { keys: 'number' }), ['number', [0, 1]])
  t.same(rebuild([]), ['id', []])
  t.throws(() => rebuild([row(7), row(7)], { keys: 'id' }), { message: /x\.rec: record 1: expected an id of its own/ })
  t.end()
})

t.test('nothing is overwritten, and nothing half-written is left', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  writeFileSync(path, part(0, irRecord(0, 5, tinyImage(1))))
  writeFileSync(join(folder, 'x.idx'), 'not an index')
  t.throws(() => rebuildIndex(path), { message: /x\.idx: exists already; --force replaces it/ })
  t.equal(readFileSync(join(folder, 'x.idx'), 'utf8'), 'not an index')
  rebuildIndex(path, { force: true })
  t.equal(readFileSync(join(folder, 'x.idx'), 'utf8'), '5\t0\n')
  writeFileSync(path, 'no records at all')
  t.throws(() => rebuildIndex(path, { force: true }), {
    message: /x\.rec: byte 0: record 0: expected a RecordIO file, found a text$/,
  })
  t.same(readdirSync(folder).sort(), ['x.idx', 'x.rec'])
  t.equal(readFileSync(join(folder, 'x.idx'), 'utf8'), '5\t0\n')
  t.end()
})

t.test('a check names the first entry that is wrong', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  const rows = [3, 1, 2].map(id => part(0, irRecord(0, id, tinyImage(id))))
  const size = rows[0]!.length
  writeFileSync(path, Buffer.concat(rows))
  const check = (index: string) => {
    writeFileSync(join(folder, 'x.idx'), index)
    return checkIndex(path)
  }
  t.throws(() => checkIndex(path), { message: `${folder}/x.idx: expected an index, found no such file` })
  t.match(check(`3\t0\n1\t${size}\n2\t${2 * size}\n`), { count: 3, keys: 'id' })
  t.match(check(`2\t${2 * size}\n3\t0\n1\t${size}\n`), { count: 3, keys: 'id' }, 'in any order')
  t.match(check(`0\t0\n1\t${size}\n2\t${2 * size}\n`), { count: 3, keys: 'number' })
  const flipped = check(`3\t0\n1\t${size}\n6\t${2 * size}\n`)
  t.match(flipped, { keys: undefined, why: 'record 2 has id 2 under key 6' })
  t.throws(() => checkIndex(path, { keys: 'id' }), { message: /x\.idx: record 2: expected key 2, found key 6$/ })
  t.throws(() => checkIndex(path, { keys: 'number' }), { message: /x\.idx: record 0: expected key 0, found key 3$/ })
  t.equal(check(`a\t0\nb\t${size}\nc\t${2 * size}\n`).keys, undefined, 'names')
  for (const [index, message] of [
    [`3\t0\n1\t${size - 4}\n2\t${2 * size}\n`, /x\.idx: record 1: stale index.* at byte 48 .*found one for byte 44;/],
    [`3\t0\n1\t${size}\n`, /x\.idx: record 2: stale index.*found the end of the index;/],
    [
      `3\t0\n1\t${size}\n2\t${2 * size}\n4\t${3 * size}\n`,
      /x\.idx: record 3: expected an offset where a record can begin/,
    ],
    [`3\t0\n1\t${size}\n3\t${2 * size}\n`, /x\.idx: record 2: expected a key of its own, found key 3 again$/],
    [`3\t0\n1 ${size}\n`, /x\.idx: byte 4: record 1: expected a key, a tab and an offset/],
    ['', /x\.idx: record 0: stale index/],
  ] as const) {
    t.throws(() => check(index), { message }, index)
  }
  t.end()
})

t.test('an index of any file: what is made passes the check', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  fc.assert(
    fc.property(anyFile, fc.constantFrom(undefined, 'number' as const), (file, keys) => {
      writeFileSync(path, file.bytes)
      const made = rebuildIndex(path, { force: true, keys })
      const { offsets } = readIndex(join(folder, 'x.idx'))!
      const checked = checkIndex(path)
      return JSON.stringify(Array.from(offsets)) === JSON.stringify(file.offsets) && checked.count === made.count
    }),
    { numRuns: runs(50) },
  )
  t.end()
})
