import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import t from 'tap'
import { fakeImage, filesOf, scratch, type WriteOptions, writeShards } from './fixtures.js'

const COUNT = 400
const begin: BeginFields = { count: COUNT, classes: COUNT, source: 'faces.rec' }

function* faces(count = COUNT): Generator<DataMap> {
  for (let id = 0; id < count; id++) yield { id, label: id, image: fakeImage(id, 60 + (id % 50)) }
}

const journalOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'write.partial/journal.json'), 'utf8'))

/** Writes a set, and at every step copies the folder as a kill would leave it. */
function snapshots(folder: string, options: Omit<WriteOptions, 'folder'>): string[] {
  const taken: string[] = []
  const take = () => {
    const copy = `${folder}-${taken.length}`
    cpSync(folder, copy, { recursive: true })
    taken.push(copy)
  }
  let records = 0
  writeShards(faces(), {
    ...options,
    folder,
    onRecord: () => {
      if (records++ % 50 === 7) take()
    },
    onShard: take,
  })
  return taken
}

const onDisk = { begin, shards: 5, seed: 3, memory: 8000 }

t.test('resumed after a kill at any stage, the set is the same', t => {
  for (const [name, options] of Object.entries({
    'on disk': onDisk,
    'in memory': { ...onDisk, memory: undefined },
    'compressed, with other names': { ...onDisk, compression: 'gzip', keys: { image: 'x', label: 'y' } } as const,
    'in order': { ...onDisk, seed: undefined },
  })) {
    const folder = join(scratch(t), 'shards')
    const copies = snapshots(folder, options)
    const expected = filesOf(folder)
    t.equal(copies.length, options.seed === undefined ? 8 : 13)
    for (const copy of copies) {
      writeShards(faces(), { ...options, folder: copy, resume: true })
      t.strictSame(filesOf(copy), expected, `${name}: ${copy}`)
    }
  }
  t.end()
})

t.test('what is finished is not done again', t => {
  const folder = join(scratch(t), 'shards')
  const copies = snapshots(folder, onDisk)
  const reads: number[] = []
  const writes: number[] = []
  for (const copy of copies) {
    let read = 0
    let written = 0
    function* counted() {
      for (const face of faces()) {
        read++
        yield face
      }
    }
    const { shards, input } = journalOf(copy)
    writeShards(counted(), { ...onDisk, folder: copy, resume: true, onShard: () => written++ })
    t.equal(written, 5 - shards.length)
    t.equal(read, input?.ended ? 0 : COUNT)
    reads.push(read)
    writes.push(written)
  }
  t.same(writes, [5, 5, 5, 5, 5, 5, 5, 5, 4, 3, 2, 1, 0])
  t.same(reads.slice(-5), [0, 0, 0, 0, 0], 'with all records in buckets the input is not read')
  t.end()
})

t.test('the memory and the scratch folder of the resumed run do not matter', t => {
  const dir = scratch(t, 'tmp', 'other')
  const folder = join(dir, 'shards')
  const copies = snapshots(folder, onDisk)
  const expected = filesOf(folder)
  for (const [index, copy] of copies.entries()) {
    const memory = [1, 3000, 50_000, 2 ** 30][index % 4]
    writeShards(faces(), { ...onDisk, folder: copy, resume: true, memory, tmp: join(dir, 'other') })
    t.strictSame(filesOf(copy), expected)
  }
  t.same(readdirSync(join(dir, 'other')), [])
  t.end()
})

t.test('scratch in another folder: found again, and swept by a run that begins anew', t => {
  const dir = scratch(t, 'tmp')
  const tmp = join(dir, 'tmp')
  const expected = (() => {
    writeShards(faces(), { ...onDisk, folder: join(dir, 'reference') })
    return filesOf(join(dir, 'reference'))
  })()
  for (const resume of [true, false]) {
    const folder = join(dir, `shards-${resume}`)
    const dead = () => writeShards(broken(300), { ...onDisk, folder, tmp })
    t.throws(dead, { message: 'broken' })
    t.equal(readdirSync(tmp).length, 1)
    t.match(readdirSync(tmp)[0], /^write-[0-9a-f-]{36}\.partial$/)
    writeShards(faces(), { ...onDisk, folder, resume })
    t.same(readdirSync(tmp), [])
    t.strictSame(filesOf(folder), expected)
  }
  t.end()
})

function* broken(after: number): Generator<DataMap> {
  yield* faces(after)
  throw new Error('broken')
}

t.test('a run that fails leaves what can be used, or nothing', t => {
  const dir = scratch(t)
  const folder = join(dir, 'shards')
  t.throws(() => writeShards(broken(20), { ...onDisk, folder }), { message: 'broken' })
  t.same(readdirSync(folder), [], 'too early for anything')
  t.throws(() => writeShards(broken(350), { ...onDisk, folder }), { message: 'broken' })
  t.same(readdirSync(folder), ['write.partial'])
  const { kept } = journalOf(folder)
  t.ok(kept.count > 200 && kept.count < 350, `${kept.count} records are kept`)
  t.throws(() => writeShards(broken(350), { ...onDisk, seed: undefined, folder }), { message: 'broken' })
  t.same(readdirSync(folder), [], 'in order there is nothing to keep, and the other run was swept')
  t.end()
})

t.test('bytes behind what the journal knows of, torn or not, do no harm', t => {
  const folder = join(scratch(t), 'shards')
  const copies = snapshots(folder, onDisk)
  const expected = filesOf(folder)
  for (const copy of copies) {
    const partial = join(copy, 'write.partial')
    for (const name of readdirSync(partial, { recursive: true, encoding: 'utf8' })) {
      if (name.includes('bucket-')) appendFileSync(join(partial, name), 'torn')
    }
    writeFileSync(join(partial, 'journal.json.1.partial'), '{"version": 1, "ta')
    const { shards, kept, scatter } = journalOf(copy)
    if (kept === undefined) {
      mkdirSync(join(partial, `write-${scatter.id}.partial`), { recursive: true })
      writeFileSync(join(partial, `write-${scatter.id}.partial/bucket-00`), 'not yet known of')
    }
    writeFileSync(join(partial, `train-0000${Math.min(4, shards.length)}-of-00005.bin.partial`), 'torn', {
      flag: shards.length === 5 ? 'a' : 'w',
    })
    if (shards.length === 5) continue
    writeShards(faces(), { ...onDisk, folder: copy, resume: true })
    t.strictSame(filesOf(copy), expected)
  }
  t.end()
})

t.test('killed while shards get their names', t => {
  const dir = scratch(t)
  const old = join(dir, 'old')
  writeShards(faces(30), { folder: old, shards: 7 })
  const folder = join(dir, 'shards')
  cpSync(old, folder, { recursive: true })
  const finished = snapshots(folder, { ...onDisk, force: true }).at(-1)!
  const expected = filesOf(folder)
  const names = Object.keys(expected).filter(name => name.startsWith('train'))
  const states: ((copy: string) => void)[] = [
    copy => rmSync(join(copy, 'train-00001-of-00007.bin')),
    copy => clear(copy, 'manifest.json'),
    ...[1, 3, 5].map(count => (copy: string) => {
      clear(copy, 'manifest.json')
      for (const name of names.slice(0, count))
        renameSync(join(copy, 'write.partial', `${name}.partial`), join(copy, name))
    }),
    copy => {
      clear(copy, 'manifest.json')
      for (const name of names) renameSync(join(copy, 'write.partial', `${name}.partial`), join(copy, name))
      writeFileSync(join(copy, 'manifest.json'), expected['manifest.json']!)
    },
  ]
  for (const [index, state] of states.entries()) {
    const copy = `${finished}-${index}`
    cpSync(finished, copy, { recursive: true })
    state(copy)
    writeShards(faces(), { ...onDisk, folder: copy, resume: true })
    t.strictSame(filesOf(copy), expected, `state ${index}`)
  }
  t.end()

  function clear(copy: string, ...more: string[]) {
    for (const name of [...readdirSync(old), ...more]) rmSync(join(copy, name), { force: true })
  }
})

t.test('a finished shard that has gone or changed since is told', t => {
  const folder = join(scratch(t), 'shards')
  const copies = snapshots(folder, onDisk).slice(-2)
  for (const copy of copies) {
    const path = join(copy, 'write.partial/train-00002-of-00005.bin.partial')
    const { size } = statSync(path)
    appendFileSync(path, 'more')
    const resume = () => writeShards(faces(), { ...onDisk, folder: copy, resume: true })
    const found = (what: string) => `expected ${size} bytes of a finished shard, found ${what}; without --resume`
    t.throws(resume, { name: 'DataError', message: new RegExp(found(`${size + 4}`)) })
    rmSync(path)
    t.throws(resume, { name: 'DataError', message: new RegExp(found('no such file')) })
    t.notOk(existsSync(join(copy, 'manifest.json')))
  }
  t.end()
})

t.test('a journal whose shards lead elsewhere is not followed', t => {
  const dir = scratch(t)
  const copy = snapshots(join(dir, 'shards'), onDisk).at(-1)!
  const journal = journalOf(copy)
  journal.shards[1].name = '../../elsewhere'
  writeFileSync(join(copy, 'write.partial/journal.json'), JSON.stringify(journal))
  t.throws(() => writeShards(faces(), { ...onDisk, folder: copy, resume: true }), {
    name: 'DataError',
    message: /expected a journal of train-00001-of-00005\.bin, found \.\.\/\.\.\/elsewhere/,
  })
  t.end()
})

t.test('other options or another input are told in one line, and nothing is touched', t => {
  const dir = scratch(t)
  const folder = join(dir, 'shards')
  const copy = snapshots(folder, onDisk)[3]!
  const before = filesOf(copy)
  for (const [change, message] of [
    [
      { shards: 4 },
      'expected --shards 5, as in the run to resume, found --shards 4; without --resume all is written anew',
    ],
    [{ seed: 4 }, /expected --shuffle 3, .*, found --shuffle 4/],
    [{ seed: undefined }, /expected --shuffle 3, .*, found --shuffle \(none\)/],
    [{ compression: 'zlib' }, /found --compress zlib/],
    [{ keys: { image: 'image', label: 'y' } }, /expected --label-key label, .* found --label-key y/],
    [{ begin: { ...begin, source: 'b.rec' } }, /an input of source faces\.rec, .* found an input of source b\.rec/],
    [{ begin: { ...begin, count: 3 } }, /an input of count 400, .* found an input of count 3/],
    [{ begin: { ...begin, names: ['Ann'] } }, /an input of names with SHA-256 \(none\)/],
  ] as [Partial<WriteOptions>, string | RegExp][]) {
    t.throws(() => writeShards(faces(), { ...onDisk, ...change, folder: copy, resume: true }), {
      name: 'DataError',
      message: typeof message === 'string' ? `${join(copy, 'write.partial')}: ${message}` : message,
    })
    t.strictSame(filesOf(copy), before)
  }
  t.end()
})

t.test('an input that says the same of itself but holds other records', t => {
  for (const [memory, place] of [
    [8000, 4],
    [undefined, 9],
  ] as const) {
    const copy = snapshots(join(scratch(t), 'shards'), { ...onDisk, memory })[place]!
    const other = [...faces()].map(face => (face.id === 17 ? { ...face, label: 18 } : face))
    const resume = (records: Iterable<DataMap>) => () =>
      writeShards(records, { ...onDisk, memory, folder: copy, resume: true })
    t.throws(resume(other), {
      name: 'DataError',
      message: /expected the \d+ records of the run to resume, found others/,
    })
    t.throws(resume(faces(100)), { name: 'DataError', message: /records, as in the run to resume, found 100; without/ })
    writeShards(faces(), { ...onDisk, memory, folder: copy, resume: true })
  }
  t.end()
})

t.test('with nothing to resume, the run begins anew; with all there, it has nothing to do', t => {
  const dir = scratch(t)
  const folder = join(dir, 'shards')
  const manifest = writeShards(faces(), { ...onDisk, folder, resume: true })
  const before = filesOf(folder)
  const unread: Iterable<DataMap> = {
    [Symbol.iterator]() {
      throw new Error('read')
    },
  }
  t.same(writeShards(unread, { ...onDisk, folder, resume: true }), JSON.parse(JSON.stringify(manifest)))
  t.strictSame(filesOf(folder), before)
  for (const change of [
    { seed: 4 },
    { shards: 4 },
    { begin: { ...begin, source: 'b.rec' } },
    { begin: { count: 1 } },
  ]) {
    t.throws(() => writeShards(faces(), { ...onDisk, ...change, folder, resume: true }), {
      message: /holds a manifest\.json already; --force/,
    })
  }
  t.end()
})

t.test('a folder that another process is writing is left alone', { skip: process.platform !== 'linux' }, t => {
  const dir = scratch(t)
  const copy = snapshots(join(dir, 'shards'), onDisk)[3]!
  const path = join(copy, 'write.partial/journal.json')
  const journal = journalOf(copy)
  const parent = readFileSync(`/proc/${process.ppid}/stat`, 'latin1')
  const started = parent.slice(parent.lastIndexOf(')') + 2).split(' ')[19]
  writeFileSync(path, JSON.stringify({ ...journal, process: { ...journal.process, pid: process.ppid, started } }))
  const before = filesOf(copy)
  for (const resume of [true, false]) {
    t.throws(() => writeShards(faces(), { ...onDisk, folder: copy, resume }), {
      name: 'DataError',
      message: `${copy}: is being written by process ${process.ppid}; if it is not, remove ${join(copy, 'write.partial')}`,
    })
  }
  t.strictSame(filesOf(copy), before)
  writeFileSync(path, JSON.stringify({ ...journal, process: { ...journal.process, pid: process.ppid, started: '1' } }))
  writeShards(faces(), { ...onDisk, folder: copy, resume: true })
  t.ok(existsSync(join(copy, 'manifest.json')), 'a process that got the same number later is another one')
  t.end()
})

t.test('a journal that is none, or leads elsewhere, is swept and not followed', t => {
  const dir = scratch(t, 'precious')
  writeFileSync(join(dir, 'precious/file'), '')
  const folder = join(dir, 'shards')
  for (const text of [
    '',
    '{',
    'null',
    '{"version":1}',
    JSON.stringify({ version: 1, process: {}, scatter: { folder: dir, id: '/../precious' }, shards: [] }),
  ]) {
    writeShards(faces(3), { folder, force: true })
    mkdirSync(join(folder, 'write.partial'))
    writeFileSync(join(folder, 'write.partial/journal.json'), text)
    writeShards(faces(), { ...onDisk, folder, force: true, resume: text.length % 2 === 0 })
    t.notOk(existsSync(join(folder, 'write.partial')))
    t.ok(existsSync(join(dir, 'precious/file')))
  }
  t.end()
})
