/** One set that many tasks write. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import fc from 'fast-check'
import t from 'tap'
import {
  gatherShards,
  type Manifest,
  mergeShards,
  refuseParts,
  scatterShards,
  writeShards as write,
} from '../src/index.js'
import { fakeImage, filesOf, linesFormat, scratch, type WriteOptions, writeShards } from './fixtures.js'

function* faces(from: number, to: number): Generator<DataMap> {
  for (let id = from; id < to; id++) yield { id, label: id % 37, image: fakeImage(id, 20 + ((id * 7) % 50)) }
}

/** Where the parts of `count` records begin, alike to one record. */
const cut = (count: number, of: number) =>
  Array.from({ length: of + 1 }, (_, index) => Math.floor((count * index) / of))

const common: BeginFields = { classes: 40, source: 'faces.rec' }
const beginOf = (index: number, of: number, first: number): BeginFields => ({ ...common, part: { index, of, first } })
const formatOf = ({ compression }: Manifest) => linesFormat({ folder: '', compression })

type Options = Pick<WriteOptions, 'compression' | 'memory' | 'resume' | 'force' | 'onRecord'> & {
  shards: number
  seed: number
}

function scatter(folder: string, count: number, index: number, of: number, options: Options): void {
  const [from, to] = cut(count, of).slice(index) as [number, number]
  const part = { index, of }
  scatterShards(faces(from, to), linesFormat({ ...options, folder }), {
    ...options,
    folder,
    part,
    begin: beginOf(index, of, from),
  })
}

function scatterAll(folder: string, count: number, of: number, options: Options): void {
  for (let index = 0; index < of; index++) scatter(folder, count, index, of, options)
}

const gather = (folder: string, index: number, of: number, options: object = {}) =>
  gatherShards('lines', formatOf, { folder, part: { index, of }, ...options })

function gatherAll(folder: string, of: number, options: object = {}): void {
  for (let index = 0; index < of; index++) gather(folder, index, of, options)
}

/** The files of a set, as one machine writes it. */
function inOne(folder: string, count: number, options: Options): { [name: string]: string } {
  writeShards(faces(0, count), { ...options, folder, begin: common })
  return filesOf(folder)
}

const usual = { shards: 6, seed: 3, memory: 2000 }

t.test('a shuffle in parts is that of one machine, byte for byte', t => {
  const dir = scratch(t)
  let run = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(0xffffffff),
      fc.constantFrom(undefined, 'gzip' as const),
      fc.constantFrom(1, 2000, 2 ** 30),
      (count, scatters, gathers, each, seed, compression, memory) => {
        const [one, many] = [join(dir, `one-${run}`), join(dir, `many-${run++}`)]
        const options = { shards: gathers * each, seed, compression, memory }
        scatterAll(many, count, scatters, options)
        gatherAll(many, gathers, { memory })
        mergeShards('lines', { folder: many })
        const [expected, found] = [inOne(one, count, options), filesOf(many)]
        for (const folder of [one, many]) rmSync(folder, { recursive: true })
        return JSON.stringify(found) === JSON.stringify(expected)
      },
    ),
    { numRuns: 25 },
  )
  t.end()
})

t.test('classes that no stream announces, and names that one does', t => {
  const dir = scratch(t)
  for (const begin of [{ source: 'x' }, { source: 'x', names: ['Ann', 'Bo'], classes: 2 }]) {
    const [one, many] = [join(dir, 'one'), join(dir, 'many')]
    writeShards(faces(0, 50), { folder: one, seed: 1, shards: 2, begin })
    for (const [index, first] of [0, 20].entries()) {
      const options = { folder: many, seed: 1, shards: 2, part: { index, of: 2 } }
      const part = { ...begin, part: { ...options.part, first } }
      scatterShards(faces(first, [20, 50][index]!), linesFormat(options), { ...options, begin: part })
    }
    gatherAll(many, 1)
    mergeShards('lines', { folder: many })
    t.strictSame(filesOf(many), filesOf(one))
    for (const folder of [one, many]) rmSync(folder, { recursive: true })
  }
  t.end()
})

/** Runs, and at every stage that `take` is called copies the folder as a kill would leave it. */
function copiesOf(folder: string, run: (take: () => void) => void): string[] {
  const copies: string[] = []
  run(() => {
    copies.push(`${folder}-${copies.length}`)
    cpSync(folder, copies.at(-1)!, { recursive: true })
  })
  return copies
}

t.test('a scatter that is killed at any stage, and begun again', t => {
  const dir = scratch(t)
  const expected = inOne(join(dir, 'one'), 300, usual)
  const copies = copiesOf(join(dir, 'many'), take => {
    let records = 0
    const onRecord = () => records++ % 20 === 7 && take()
    scatter(join(dir, 'many'), 300, 1, 3, { ...usual, onRecord })
  })
  t.equal(copies.length, 5)
  for (const copy of copies) {
    scatter(copy, 300, 0, 3, usual)
    const missing = { message: `${copy}: scatter 1, 2 of 3 are missing or not whole; run their tasks (again)` }
    t.throws(() => gather(copy, 0, 1), missing, 'not taken for whole')
    scatterAll(copy, 300, 3, { ...usual, resume: true })
    scatterAll(copy, 300, 3, { ...usual, resume: true })
    gatherAll(copy, 2)
    mergeShards('lines', { folder: copy })
    t.strictSame(filesOf(copy), expected)
  }
  t.end()
})

t.test('a scatter that is killed while its buckets get their places', t => {
  const dir = scratch(t)
  const folder = join(dir, 'many')
  const [killed] = copiesOf(folder, take => {
    let records = 0
    scatter(folder, 300, 0, 2, { ...usual, onRecord: () => records++ === 149 && take() })
  })
  const name = 'scatter-00000-of-00002'
  const expected = filesOf(join(folder, name))
  const { buckets, ...manifest } = JSON.parse(expected['scatter.json']!)
  t.equal(buckets.length, 64)
  t.match(manifest, { count: 150, images: 150, part: { index: 0, of: 2, first: 0, shards: 6 }, shards: [] })
  // As it was then: all records in buckets, as the journal says, and some of the buckets moved.
  const journalFile = join(killed!, name, 'write.partial/journal.json')
  const journal = JSON.parse(readFileSync(journalFile, 'utf8'))
  journal.kept = { count: 150, buckets }
  journal.input = { count: 150, images: 150, classes: 40, checksum: 0, ended: true }
  writeFileSync(journalFile, JSON.stringify(journal))
  rmSync(join(folder, name, 'scatter.json'))
  const waiting = join(killed!, name, `write.partial/write-${journal.scatter.id}.partial`)
  rmSync(waiting, { recursive: true })
  mkdirSync(waiting)
  for (const bucket of readdirSync(join(folder, name))) {
    cpSync(join(folder, name, bucket), join(bucket < 'bucket-30' ? join(killed!, name) : waiting, bucket))
  }
  const begin = beginOf(0, 2, 0)
  const unread: Iterable<DataMap> = {
    [Symbol.iterator]() {
      throw new Error('is read again')
    },
  }
  const options = { ...usual, folder: killed!, part: { index: 0, of: 2 }, begin, resume: true }
  scatterShards(unread, linesFormat(options), options)
  t.strictSame(filesOf(join(killed!, name)), expected)
  t.end()
})

t.test('a scatter that is replaced: the old one is no more, as soon as a bucket has gone', t => {
  const folder = scratch(t)
  const place = join(folder, 'scatter-00000-of-00001')
  scatter(folder, 300, 0, 1, usual)
  rmSync(join(place, 'bucket-40'))
  mkdirSync(join(place, 'bucket-40'))
  t.throws(() => scatter(folder, 200, 0, 1, { ...usual, force: true }), { code: 'EISDIR' })
  t.notOk(existsSync(join(place, 'scatter.json')))
  t.end()
})

t.test('a gather that is killed at any stage, and begun again', t => {
  const dir = scratch(t)
  const expected = inOne(join(dir, 'one'), 300, usual)
  const folder = join(dir, 'many')
  scatterAll(folder, 300, 3, usual)
  gather(folder, 1, 2)
  const copies = copiesOf(folder, take => {
    let records = 0
    const onRecord = () => records++ % 30 === 7 && take()
    gather(folder, 0, 2, { memory: 500, onRecord, onShard: take })
  })
  t.equal(copies.length, 8)
  const again: number[] = []
  for (const copy of copies) {
    const missing = { message: `${copy}: part 0 of 2 is missing or not whole; run its task (again)` }
    t.throws(() => mergeShards('lines', { folder: copy }), missing)
    let shards = 0
    gather(copy, 0, 2, { resume: true, onShard: () => shards++ })
    again.push(shards)
    gather(copy, 0, 2, { resume: true, onShard: () => t.fail('is complete already') })
    mergeShards('lines', { folder: copy })
    t.strictSame(filesOf(copy), expected)
  }
  t.same(again, [3, 3, 2, 2, 2, 1, 1, 0], 'what is finished is not done again')
  t.end()
})

t.test('a merge that is killed at any stage, and begun again', t => {
  const dir = scratch(t)
  const folder = join(dir, 'many')
  scatterAll(folder, 300, 2, usual)
  gatherAll(folder, 2)
  const before = `${folder}-before`
  cpSync(folder, before, { recursive: true })
  const manifest = mergeShards('lines', { folder })
  const expected = filesOf(folder)
  const places = manifest.shards.map(({ name }, shard) => [name, `part-0000${shard < 3 ? 0 : 1}-of-00002/${name}`])
  for (let moved = 1; moved <= 6; moved++) {
    const copy = `${before}-${moved}`
    cpSync(before, copy, { recursive: true })
    for (const [name, place] of places.slice(0, moved)) renameSync(join(copy, place!), join(copy, name!))
    const withoutManifest = filesOf(copy)
    mergeShards('lines', { folder: copy })
    t.strictSame(filesOf(copy), expected, `${moved} shards moved`)
    if (moved < 6) continue
    // The manifest is there, and the parts' folders are about to go.
    for (const gone of ['scatter-00000-of-00002', 'part-00000-of-00002']) {
      rmSync(copy, { recursive: true })
      mkdirSync(copy)
      for (const [name, bytes] of Object.entries({ ...withoutManifest, 'manifest.json': expected['manifest.json']! })) {
        if (gone.startsWith('part') && (name.startsWith('scatter') || name.startsWith(gone))) continue
        mkdirSync(join(copy, name, '..'), { recursive: true })
        writeFileSync(join(copy, name), bytes, 'latin1')
      }
      mkdirSync(join(copy, 'merged.partial', gone), { recursive: true })
      mergeShards('lines', { folder: copy })
      t.strictSame(filesOf(copy), expected)
      t.same(readdirSync(copy).sort(), Object.keys(expected))
    }
    mkdirSync(join(copy, 'merged.partial'))
    mergeShards('lines', { folder: copy })
    t.same(readdirSync(copy).sort(), Object.keys(expected))
  }
  t.end()
})

t.test('in order: each part deals its records to shards of its own', t => {
  const dir = scratch(t)
  const folder = join(dir, 'many')
  const write = (index: number, from: number, to: number, options: object = {}) =>
    writeShards(faces(from, to), {
      ...{ folder, shards: 6, part: { index, of: 3 }, begin: beginOf(index, 3, from) },
      ...options,
    })
  const bounds = [0, 100, 101, 200]
  const names = [0, 1, 2, 3, 4, 5].map(shard => `train-0000${shard}-of-00006.bin`)
  for (let index = 0; index < 3; index++) {
    const { shards, part, count } = write(index, bounds[index]!, bounds[index + 1]!)
    t.same(
      shards.map(({ name }) => name),
      names.slice(2 * index, 2 * index + 2),
    )
    t.same({ part, count }, { part: { index, of: 3, shards: 6 }, count: bounds[index + 1]! - bounds[index]! })
    write(index, bounds[index]!, bounds[index + 1]!, { resume: true })
  }
  const manifest = mergeShards('lines', { folder })
  t.match(manifest, { count: 200, images: 200, classes: 40, source: 'faces.rec' })
  t.notOk('part' in JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  t.same(readdirSync(folder).sort(), ['manifest.json', ...names])
  const alone = join(dir, 'alone')
  writeShards(faces(101, 200), { folder: alone, shards: 2 })
  t.equal(filesOf(folder)[names[5]!], filesOf(alone)['train-00001-of-00002.bin'], "as the part's alone, by other names")

  t.same(
    JSON.stringify(write(0, 0, 0, { resume: true })),
    JSON.stringify(manifest),
    'a task that is run again after all',
  )
  t.throws(() => write(0, 0, 100), {
    message: `${folder}: holds a manifest.json already; --force writes parts of another set`,
  })
  for (let index = 0; index < 3; index++)
    write(index, bounds[index]!, bounds[index + 1]! - 1, { force: true, shards: 3 })
  t.throws(() => mergeShards('lines', { folder }), {
    message: `${folder}/manifest.json: is that of another set; --force replaces it`,
  })
  t.equal(mergeShards('lines', { folder, force: true }).count, 198 - 1)
  t.equal(readdirSync(folder).length, 4, 'the old set has gone')
  t.end()
})

t.test('numbers in a set are those of the whole', t => {
  const folder = scratch(t)
  const numbered = { ...linesFormat({ folder }), isNumbered: true }
  numbered.write = (record, number, out) => {
    out.append(Buffer.from(`${number};`))
    return record.image!.byteLength
  }
  const begin = (part: BeginFields['part']) => ({ source: 'x', part })
  const options = { folder, part: { index: 1, of: 2 }, shards: 2 }
  writeNumbered(begin({ index: 1, of: 2, first: 40 }))
  t.equal(readFileSync(join(folder, 'part-00001-of-00002/train-00001-of-00002.bin'), 'utf8'), '40;41;end\n')
  const expected = "x: expected the number that the part's first record has in the whole, found"
  t.throws(() => writeNumbered(begin({ index: 1, of: 2 })), {
    message: `${expected} a stream that does not say it (of a .rec, recordio-index makes the index that tells)`,
  })
  t.throws(() => writeNumbered({ source: 'x' }), { message: `${expected} a stream that says of no part what it is` })
  t.end()

  function writeNumbered(begin: BeginFields): void {
    write(faces(40, 42), numbered, { ...options, begin, force: true })
  }
})

t.test('what does not fit together is named', t => {
  const dir = scratch(t)
  const folder = join(dir, 'set')
  const refuses = (run: () => unknown, message: string) => t.throws(run, { message: `${folder}${message}` })
  const merge = () => mergeShards('lines', { folder })
  mkdirSync(folder)
  refuses(merge, ': expected parts of a set, part-00000-of-…, found none that is whole')
  refuses(() => gather(folder, 0, 1), ': expected parts of a set, scatter-00000-of-…, found none that is whole')
  t.doesNotThrow(() => refuseParts(folder, 'lines'))
  scatter(folder, 100, 0, 2, usual)
  refuses(merge, ': expected parts of a set, part-00000-of-…, found scatters alone, which are to be gathered first')
  refuses(
    () => refuseParts(folder, 'lines'),
    ': expected a set of shards, found scatters of one, which lines-gather and then lines-merge put together',
  )
  t.throws(() => scatter(folder, 100, 0, 2, usual), { message: /scatter\.json: exists already; --force replaces it/ })
  t.throws(() => scatter(folder, 100, 0, 2, { ...usual, seed: 4, resume: true }), {
    message: /scatter\.json: expected what these options make, found another/,
  })
  refuses(() => gather(folder, 0, 1), ': scatter 1 of 2 is missing or not whole; run its task (again)')
  scatter(folder, 100, 1, 2, { ...usual, seed: 4 })
  refuses(
    () => gather(folder, 0, 1),
    '/scatter-00001-of-00002/scatter.json: expected seed 3, as scatter 0 has, found 4',
  )
  scatter(folder, 100, 1, 2, { ...usual, shards: 8, force: true })
  refuses(
    () => gather(folder, 0, 1),
    '/scatter-00001-of-00002/scatter.json: expected number of shards 6, as scatter 0 has, found 8',
  )
  scatter(folder, 120, 1, 2, { ...usual, force: true })
  refuses(
    () => gather(folder, 0, 1),
    '/scatter-00001-of-00002/scatter.json: expected a part that begins at record 50, as many as the parts before it hold, found the part 1/2, which was told to begin at 60; of a source from which records are left out, write the set in order first (--part without --shuffle), then shuffle that',
  )
  scatter(folder, 100, 1, 2, { ...usual, force: true })
  t.throws(() => gather(folder, 0, 4), { message: '6 shards cannot be shared evenly among 4 parts' })
  const { buckets } = JSON.parse(readFileSync(join(folder, 'scatter-00001-of-00002/scatter.json'), 'utf8'))
  const filled = buckets.findIndex(({ count }: { count: number }) => count > 0)
  const bucket = `scatter-00001-of-00002/bucket-${String(filled).padStart(2, '0')}`
  const { bytes } = buckets[filled]
  renameSync(join(folder, bucket), join(dir, 'away'))
  refuses(
    () => gather(folder, 0, 1),
    `/${bucket}: expected ${bytes} bytes, as ${folder}/scatter-00001-of-00002/scatter.json says, found no such file`,
  )
  renameSync(join(dir, 'away'), join(folder, bucket))
  cpSync(join(folder, 'scatter-00001-of-00002'), join(folder, 'scatter-00003-of-00004'), { recursive: true })
  refuses(
    () => gather(folder, 0, 1),
    ': expected parts of one division, found scatter-00000-of-00002 and scatter-00003-of-00004',
  )
  rmSync(join(folder, 'scatter-00003-of-00004'), { recursive: true })

  gatherAll(folder, 2)
  renameSync(join(folder, 'part-00001-of-00002'), join(dir, 'other'))
  refuses(merge, ': part 1 of 2 is missing or not whole; run its task (again)')
  cpSync(join(folder, 'part-00000-of-00002'), join(folder, 'part-00001-of-00002'), { recursive: true })
  refuses(
    merge,
    '/part-00001-of-00002/manifest.json: expected the part 1/2 of a set, as its folder\'s name says, found {"index":0,"of":2,"shards":6}',
  )
  rmSync(join(folder, 'part-00001-of-00002'), { recursive: true })
  renameSync(join(dir, 'other'), join(folder, 'part-00001-of-00002'))
  const shard = 'part-00001-of-00002/train-00003-of-00006.bin'
  renameSync(join(folder, shard), join(dir, 'away'))
  t.throws(merge, {
    message: `${folder}/train-00003-of-00006.bin: expected ${readFileSync(join(dir, 'away')).length} bytes of a finished shard, found no such file; without --resume all is written anew`,
  })
  renameSync(join(dir, 'away'), join(folder, shard))
  writeFileSync(join(folder, 'train-00003-of-00006.bin'), 'mine')
  refuses(merge, '/train-00003-of-00006.bin: exists already; --force replaces it')
  t.notOk(existsSync(join(folder, 'train-00000-of-00006.bin')), 'and nothing is moved')
  t.equal(mergeShards('lines', { folder, force: true }).count, 100)
  t.end()
})

t.test('tasks that read what is not their part', t => {
  const folder = scratch(t)
  const write = (index: number, begin: BeginFields) =>
    writeShards(faces(0, 10), { folder, shards: 2, part: { index, of: 2 }, begin })
  t.throws(() => write(0, beginOf(1, 2, 10)), {
    message: 'faces.rec: expected the part 0/2 of the records, as --part says, found the part 1/2',
  })
  t.throws(() => write(0, beginOf(0, 4, 0)), { message: /found the part 0\/4$/ })
  for (const index of [0, 1]) write(index, common)
  t.throws(() => mergeShards('lines', { folder }), {
    message: `${folder}: expected parts of different records, found the same ones in 0/2 and 1/2`,
  })
  t.throws(() => writeShards([], { folder, shards: 3, part: { index: 0, of: 2 } }), {
    message: '3 shards cannot be shared evenly among 2 parts',
  })
  t.end()
})

t.test('a part may hold no record, a set may not', t => {
  const dir = scratch(t)
  const [shuffled, ordered] = [join(dir, 'shuffled'), join(dir, 'ordered')]
  scatterAll(shuffled, 0, 2, usual)
  t.throws(() => gather(shuffled, 0, 1), { message: `${shuffled}: expected at least one record, found none` })
  for (const index of [0, 1]) writeShards([], { folder: ordered, shards: 2, part: { index, of: 2 } })
  t.throws(() => mergeShards('lines', { folder: ordered }), {
    message: `${ordered}: expected at least one record, found none`,
  })
  scatterAll(join(dir, 'few'), 2, 5, usual)
  gatherAll(join(dir, 'few'), 6)
  mergeShards('lines', { folder: join(dir, 'few') })
  t.strictSame(filesOf(join(dir, 'few')), inOne(join(dir, 'one'), 2, usual))
  t.end()
})
