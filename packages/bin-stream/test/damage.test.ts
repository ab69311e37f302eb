import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import { test } from 'tap'
import { binRecords, parseBin, readBin, type VerificationSet, writeBin } from '../src/index.js'
import { ANSWER_FORMS, type BinForm, binFile, IMAGE_FORMS } from './bin-forms.js'
import { sameSets } from './same-sets.js'

/** The long run: TINY_FACE_RUNS=10000. */
const RUNS = Number(process.env.TINY_FACE_RUNS ?? 150)
const LONG = process.env.TINY_FACE_RUNS !== undefined
// A stack for each of a hundred thousand errors takes most of the time.
Error.stackTraceLimit = 0

const folder = mkdtempSync(join(tmpdir(), 'bin-stream-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const forms: fc.Arbitrary<BinForm> = fc.record({
  image: fc.constantFrom(...IMAGE_FORMS),
  same: fc.constantFrom(...ANSWER_FORMS),
  protocol: fc.constantFrom(0, 1, 2, 3, 4, 5),
  batch: fc.constantFrom(0, 2, 7, 1000),
  memo: fc.boolean(),
})

function sets(pairs: number, bytes: number): fc.Arbitrary<VerificationSet> {
  const image = fc
    .uint8Array({ maxLength: bytes, size: 'max' })
    .map(array => Uint8Array.from([0xff, 0xd8, 0xff, ...array]))
  return fc
    .array(fc.tuple(fc.tuple(image, image), fc.boolean()), { minLength: 1, maxLength: pairs, size: 'max' })
    .map(all => ({ images: all.flatMap(([pair]) => pair), same: all.map(([, same]) => same) }))
}

/** Reads a set from memory and from a file, and holds that they are one; what is refused is refused in the same words. */
function reading(bytes: Uint8Array): VerificationSet | DataError {
  const path = join(folder, 'x.bin')
  writeFileSync(path, bytes)
  const [set, other] = [() => parseBin(bytes, path), () => readBin(path)].map(read => {
    try {
      return read()
    } catch (error) {
      if (error instanceof DataError) return error
      throw error
    }
  })
  if (set instanceof DataError) {
    if (!(other instanceof DataError) || other.message !== set.message)
      throw new Error(`${set.message} but in a file ${other}`)
    if (set.offset === undefined || set.offset > bytes.length) throw new Error(`no offset: ${set.message}`)
    if (/[\n\r]/.test(set.message) || !set.expected || !set.found) throw new Error(`no line: ${set.message}`)
  } else if (other instanceof DataError || !sameSets(set!, other!))
    throw new Error(`read otherwise in a file: ${other}`)
  return set!
}

test('a set in any form is read as it is', async t => {
  const property = fc.property(sets(12, 400), forms, (set, form) => {
    const read = reading(binFile(set, form))
    return !(read instanceof DataError) && sameSets(read, set)
  })
  fc.assert(property, { numRuns: RUNS })
  t.pass()
})

test('what is written is read', async t => {
  const property = fc.property(sets(40, 2000), set => {
    const pieces: Uint8Array[] = []
    writeBin(binRecords(set), piece => void pieces.push(piece.slice()))
    return sameSets(reading(new Uint8Array(Buffer.concat(pieces))) as VerificationSet, set)
  })
  fc.assert(property, { numRuns: Math.min(RUNS, 1000) })
  t.pass()
})

test('every truncation is told, with its place', async t => {
  const size = LONG ? [24, 2000] : [3, 60]
  const property = fc.property(sets(size[0]!, size[1]!), forms, (set, form) => {
    const bytes = binFile(set, form).subarray(0, 1 << 16)
    for (let length = 0; length < bytes.length; length++) {
      try {
        parseBin(bytes.subarray(0, length), 'x.bin')
      } catch (error) {
        if (error instanceof DataError && error.offset! <= length) continue
        throw error
      }
      throw new Error(`cut at ${length} of ${bytes.length} and read`)
    }
  })
  fc.assert(property, { numRuns: 3 })
  t.pass()
})

test('a flipped bit is told with its place, or reads as another set', async t => {
  let told = 0
  const property = fc.property(sets(6, 120), forms, fc.nat(), (set, form, place) => {
    const bytes = binFile(set, form)
    const bit = place % (8 * bytes.length)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    if (reading(bytes) instanceof DataError) told++
  })
  fc.assert(property, { numRuns: RUNS })
  t.ok(told > RUNS / 20, `${told} of ${RUNS} told`)
  if (LONG) t.comment(`${RUNS} flips: ${told} told, ${RUNS - told} read as a set`)
})

test('several flipped and moved bytes', async t => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
  const property = fc.property(sets(4, 60), forms, edits, (set, form, changes) => {
    const bytes = binFile(set, form)
    for (const [place, value] of changes) bytes[place % bytes.length] = value
    reading(bytes)
  })
  fc.assert(property, { numRuns: RUNS })
  t.pass()
})

test('a descriptor is closed after a failure and after reading', async t => {
  const path = join(folder, 'descriptor.bin')
  writeFileSync(path, 'N.')
  const probe = () => {
    const fd = openSync(path, 'r')
    closeSync(fd)
    return fd
  }
  const before = probe()
  t.throws(() => readBin(path), DataError)
  t.equal(probe(), before)
  writeFileSync(
    path,
    binFile(
      { images: [Uint8Array.of(1), Uint8Array.of(2)], same: [true] },
      { image: 'bytes', same: 'bools', protocol: 3, batch: 0, memo: false },
    ),
  )
  readBin(path)
  t.equal(probe(), before)
})
