/** `--part I/N` of every reader: disjoint, together the whole, each with what the whole says of itself. */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { drawFaces } from '@tiny-face/drawn-faces'
import { type Begin, RecordReader } from '@tiny-face/record-stream'
import t from 'tap'
import { shell } from './shell.js'

const PEOPLE = 6
const VIEWS = 4
const folder = mkdtempSync(join(tmpdir(), 'reader-parts-'))
t.teardown(() => rmSync(folder, { recursive: true }))

/** A stream as it came: of each record what tells it from others. */
function dump(command: string): { begin: Begin; records: string[] } {
  const { stages, stderr } = shell(`${command} > stream`, folder)
  if (stages.some(status => status !== 0)) throw new Error(`${command}: ${stderr}`)
  const fd = openSync(join(folder, 'stream'), 'r')
  try {
    const reader = new RecordReader(fd)
    const { begin } = reader
    const records = Array.from(reader, ({ id, label, image, pair, recordio }) => {
      return JSON.stringify({
        id,
        label,
        pair,
        recordio,
        sha256: createHash('sha256')
          .update(image ?? '')
          .digest('hex'),
      })
    })
    return { begin, records }
  } finally {
    closeSync(fd)
  }
}

/** Files that pyarrow wrote. */
function writeParquet(name: string, files: string[]): void {
  const path = new URL('../packages/parquet-stream/test/python-parquet.json', import.meta.url)
  const { file } = JSON.parse(readFileSync(fileURLToPath(path), 'utf8'))[name]
  for (const to of files) {
    mkdirSync(join(folder, to, '..'), { recursive: true })
    writeFileSync(join(folder, to), gunzipSync(Buffer.from(file, 'base64')))
  }
}

t.before(async () => {
  await drawFaces({ people: PEOPLE, views: VIEWS, size: 32, seed: 1, out: join(folder, 'photos') })
  writeParquet('faces, row groups of 5', ['hub/a.parquet', 'hub/b.parquet'])
  writeParquet('pairs, numbers', ['hub-pairs/a.parquet', 'hub-pairs/b.parquet'])
  const pairs = [1, 2, 3].map(i => `person-000 ${i} ${i + 1}\nperson-001 ${i} person-002 ${i}\n`)
  writeFileSync(join(folder, 'pairs.txt'), `1 3\n${pairs.join('')}`.replaceAll(' ', '\t'))
  const list = Array.from({ length: 9 }, (_, i) => `person-00${i % PEOPLE}/view-00${i % VIEWS}.png\t${i % PEOPLE}\n`)
  writeFileSync(join(folder, 'list.txt'), list.join(''))
  const made = shell(
    [
      'mkdir lfw && for p in 000 001 002; do mkdir lfw/person-$p; for v in 0 1 2 3; do',
      '  cp photos/person-$p/view-00$v.png lfw/person-$p/person-"$p"_000$((v + 1)).png; done; done',
      'mkdir two && image-dump photos | recordio-write two/a.rec',
      'recordio-dump two/a.rec | record-shuffle --seed 1 | recordio-write two/b.rec',
      'cp two/b.rec bare.rec',
      'recordio-dump two | tfrecord-write --out shards --shards 5',
      'recordio-dump two | wds-write --out tars --shards 7',
      'mkdir foreign && cp tars/*.tar foreign',
      'image-dump photos | record-pairs --seed 1 --same 20 | bin-write set.bin',
    ].join('\n'),
    folder,
  )
  if (made.status !== 0) throw new Error(made.stderr)
})

const readers: [command: string, isFirstKnown?: boolean][] = [
  ['recordio-dump two'],
  ['recordio-dump --all two'],
  ['recordio-dump --order shuffle:3 two', false],
  ['tfrecord-dump shards'],
  ['wds-dump tars'],
  ['wds-dump foreign', false],
  ['parquet-dump hub'],
  ['parquet-dump hub-pairs'],
  ['image-dump photos'],
  ['image-dump photos --flat'],
  ['image-dump photos --list list.txt'],
  ['image-dump photos --skip-damaged', false],
  ['bin-dump set.bin'],
]

for (const [command, isFirstKnown = true] of readers) {
  t.test(command, t => {
    const whole = dump(command)
    t.ok(whole.records.length >= 9)
    t.equal(whole.begin.part, undefined)
    for (const { of, read } of [
      { of: 3, read: 3 },
      { of: 50, read: 2 },
    ]) {
      const parts = Array.from({ length: read }, (_, index) => dump(`${command} --part ${index}/${of}`))
      const records = parts.flatMap(({ records }) => records)
      t.same(records, whole.records.slice(0, read === of ? undefined : records.length), `${of} parts`)
      let first = 0
      for (const [index, { begin, records }] of parts.entries()) {
        const { count, part, ...others } = begin
        const { count: _, ...expected } = whole.begin
        t.same(others, expected, 'what is said of the whole')
        if (count !== undefined) t.equal(count, records.length)
        const isKnown = isFirstKnown || part?.first !== undefined
        t.same(part, { index, of, ...(isKnown && { first }) })
        if (whole.records[0]!.includes('"pair"')) t.equal(records.length % 2, 0, 'whole pairs')
        first += records.length
      }
      if (!isFirstKnown && read === of) t.equal(parts.at(-1)!.begin.part!.first, undefined)
    }
    t.end()
  })
}

t.test('pairs of a list stay whole', t => {
  const whole = dump('image-dump lfw --pairs pairs.txt')
  const parts = [0, 1, 2, 3].map(index => dump(`image-dump lfw --pairs pairs.txt --part ${index}/4`))
  t.same(
    parts.flatMap(({ records }) => records),
    whole.records,
  )
  t.same(
    parts.map(({ records }) => records.length),
    [2, 4, 2, 4],
  )
  t.same(
    parts.map(({ begin }) => begin.part!.first),
    [0, 2, 6, 8],
  )
  t.end()
})

t.test('a .rec without an index does not know the number of its first record', t => {
  t.same(dump('recordio-dump bare.rec --part 1/3').begin.part, { index: 1, of: 3 })
  t.same(dump('recordio-dump bare.rec --part 0/3').begin.part, { index: 0, of: 3, first: 0 })
  t.end()
})

t.test('what cannot be cut', t => {
  const refused = (command: string) => shell(command, folder).stderr
  t.equal(
    refused('wds-dump --part 0/2 <(cat tars/train-000000.tar) | cat').replace(/fd\/\d+/, 'fd/N'),
    'wds-dump: /dev/fd/N: expected a file on disk, for parts, found a pipe or device\n',
  )
  t.match(refused('parquet-dump --part 2/2 hub | cat'), /--part 2\/2: expected I\/N, with I from 0 to N - 1/)
  t.end()
})
