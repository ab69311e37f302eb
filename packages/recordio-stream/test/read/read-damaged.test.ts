/**
 * Damage: files cut anywhere and with any bit flipped, read in every way. RecordIO has no checksums, so what may come out is a
 * record that differs in its bytes; what may not is a crash, another kind of error, or a record more or less than is said.
 */
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { checkIndex } from '../../src/index/rebuild-index.js'
import { type ReadOptions, type RecordIOReader, readRecordIO } from '../../src/read/read-recordio.js'
import {
  anyFile,
  anyRecord,
  type GeneratedFile,
  generatedFile,
  irRecord,
  repacked,
  runs,
  scratch,
  tinyImage,
} from '../fixtures.js'

const WAYS: ReadOptions[] = [
  {},
  { order: 'index' },
  { order: { shuffle: 1 } },
  { part: { index: 0, of: 2 } },
  { part: { index: 1, of: 2 } },
  { order: 'index', part: { index: 1, of: 3 } },
  { limit: 3 },
  { skipDamaged: true },
  { skipDamaged: true, order: { shuffle: 1 } },
  { skipDamaged: true, part: { index: 1, of: 2 } },
]

/** The records as they were written, or the error in the one line that it is to be. */
function read(
  path: string,
  options: ReadOptions = {},
): { records: Buffer[]; error?: DataError; reader?: RecordIOReader } {
  const records: Buffer[] = []
  try {
    const reader = readRecordIO(path, { all: true, ...options })
    for (const record of reader) records.push(repacked(record))
    return { records, reader }
  } catch (error) {
    if (!(error instanceof DataError) || /NaN|undefined/.test(error.message)) throw error
    if (
      !/^[^\n]*: byte \d+: [^\n]+$|^[^\n]*stale index[^\n]*\bbyte \d+[^\n]*$|found no such file$|idx: record \d+: expected an offset where a record can begin[^\n]* makes it anew$/.test(
        error.message,
      )
    ) {
      throw new Error(`no line with a place: ${error.message}`)
    }
    return { records, error }
  }
}

const isPrefix = (part: Buffer[], whole: Buffer[]) => part.every((record, i) => record.equals(whole[i]!))
const missing = (some: Buffer[], all: Buffer[]) => {
  const left = [...some]
  return all.filter(record => {
    const at = left.findIndex(other => other.equals(record))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  }).length
}

t.test('cut anywhere: the whole records, then an error; past the damage just the whole records', t => {
  const path = join(scratch(t), 'x.rec')
  const check = ({ records, bytes, offsets }: GeneratedFile) => {
    writeFileSync(path, bytes)
    for (let size = bytes.length; size >= 0; size--) {
      truncateSync(path, size)
      const whole = offsets.filter((_, i) => (offsets[i + 1] ?? bytes.length) <= size).length
      const atEnd = size === (offsets[whole] ?? bytes.length)
      const strict = read(path)
      if ((strict.error === undefined) !== atEnd) return false
      if (strict.error !== undefined && strict.error.offset! < offsets[whole]!) return false
      if (strict.records.length !== whole || !isPrefix(strict.records, records)) return false
      const { records: kept, reader } = read(path, { skipDamaged: true })
      if (kept.length !== whole || !isPrefix(kept, records)) return false
      const lost = reader!.damage.map(({ from, to }) => [from, to])
      if (JSON.stringify(lost) !== JSON.stringify(atEnd ? [] : [[offsets[whole], size]])) return false
    }
    return true
  }
  fc.assert(fc.property(anyFile, check), { numRuns: Math.ceil(runs(100) / 100) * 4 })
  // Larger files: 64 KB where runs were asked for.
  const size = runs(0) > 0 ? 1 << 16 : 1 << 10
  const records: Buffer[] = []
  for (let total = 0; total < size; total += records.slice(-2).reduce((sum, { length }) => sum + length, 0)) {
    records.push(fc.sample(anyRecord, 1)[0]!, irRecord(1, 2, tinyImage(total % 256, 500)))
  }
  t.ok(check(generatedFile(records)), `every cut of ${size} bytes`)
  t.end()
})

t.test('cut anywhere, with an index: in every way an error or whole records', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  fc.assert(
    fc.property(anyFile, fc.nat(), fc.constantFrom(...WAYS), ({ records, bytes, index }, cut, way) => {
      writeFileSync(path, bytes.subarray(0, bytes.length === 0 ? 0 : cut % bytes.length))
      writeFileSync(join(folder, 'x.idx'), index)
      return missing(records, read(path, way).records) === 0
    }),
    { numRuns: runs(150) },
  )
  t.end()
})

const flipped = (bytes: Buffer, bit: number) => {
  const copy = Buffer.from(bytes)
  copy[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7)
  return copy
}
const anyNonemptyFile = anyFile.filter(({ bytes }) => bytes.length > 0)

t.test('a flipped bit in a file, read in every way, with and without its index', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  fc.assert(
    fc.property(anyNonemptyFile, fc.nat(), fc.constantFrom(...WAYS), fc.boolean(), (file, bit, way, indexed) => {
      writeFileSync(path, flipped(file.bytes, bit))
      if (indexed) writeFileSync(join(folder, 'x.idx'), file.index)
      else rmSync(join(folder, 'x.idx'), { force: true })
      const { records } = read(path, way)
      // One record may differ, and where lengths are not held against an index, one may have become two or swallowed another.
      return missing(file.records, records) <= 2
    }),
    { numRuns: runs(200) },
  )
  t.end()
})

t.test('past a flipped bit: all but two records are there, in order, and no byte is unaccounted for', t => {
  const path = join(scratch(t), 'x.rec')
  fc.assert(
    fc.property(anyNonemptyFile, fc.nat(), (file, bit) => {
      writeFileSync(path, flipped(file.bytes, bit))
      const { records, reader } = read(path, { skipDamaged: true })
      let lost = 0
      let last = -1
      for (const { file: name, from, to } of reader!.damage) {
        if (name !== path || from <= last || to <= from || to > file.bytes.length) return false
        last = to
        lost += to - from
      }
      const kept = records.reduce((sum, record) => sum + generatedFile([record]).bytes.length, 0)
      return missing(records, file.records) <= 2 && kept + lost === file.bytes.length
    }),
    { numRuns: runs(200) },
  )
  t.end()
})

t.test('a flipped bit in an index: an error, or the records as they are under another key', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  fc.assert(
    fc.property(anyNonemptyFile, fc.nat(), fc.constantFrom(...WAYS), (file, bit, way) => {
      writeFileSync(path, file.bytes)
      writeFileSync(join(folder, 'x.idx'), flipped(Buffer.from(file.index), bit))
      const { records, error } = read(path, way)
      if (missing(file.records, records) > (way.order === undefined ? 0 : 1)) return false
      const isWhole = way.part === undefined && way.limit === undefined && way.order === undefined
      return error !== undefined || !isWhole || records.length === file.records.length
    }),
    { numRuns: runs(200) },
  )
  t.end()
})

t.test('a flipped bit in an index: the check says so, or only a key is another', t => {
  const folder = scratch(t)
  const path = join(folder, 'x.rec')
  fc.assert(
    fc.property(anyNonemptyFile, fc.nat(), (file, bit) => {
      writeFileSync(path, file.bytes)
      const text = flipped(Buffer.from(file.index), bit)
      writeFileSync(join(folder, 'x.idx'), text)
      const offsets = (index: string) =>
        index
          .split('\n')
          .map(line => line.trimEnd().split('\t')[1])
          .filter(Boolean)
      try {
        checkIndex(path)
        return JSON.stringify(offsets(text.toString('latin1'))) === JSON.stringify(offsets(file.index))
      } catch (error) {
        return error instanceof DataError && !error.message.includes('\n')
      }
    }),
    { numRuns: runs(150) },
  )
  t.end()
})

t.test('bytes of any kind are an error, or nothing but damage', t => {
  const path = join(scratch(t), 'x.rec')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), bytes => {
      writeFileSync(path, bytes)
      const past = read(path, { skipDamaged: true })
      return read(path).error !== undefined && past.records.length === 0 && past.reader!.damage.length === 1
    }),
    { numRuns: runs(100) },
  )
  t.end()
})

t.test('holes: what lies between is found again, whatever is lost', t => {
  const path = join(scratch(t), 'x.rec')
  fc.assert(
    fc.property(anyNonemptyFile, fc.nat(), fc.nat(200), (file, at, length) => {
      const bytes = Buffer.from(file.bytes)
      const from = at % bytes.length
      bytes.fill(0, from, Math.min(bytes.length, from + length))
      writeFileSync(path, bytes)
      const { records } = read(path, { skipDamaged: true })
      const ends = [...file.offsets.slice(1), bytes.length]
      const touched = ends.filter((end, i) => end > from && file.offsets[i]! < from + length).length
      return missing(records, file.records) <= touched + 1
    }),
    { numRuns: runs(150) },
  )
  t.end()
})
