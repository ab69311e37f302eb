import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { shuffleRecords } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import t from 'tap'
import { readTar, readWebDataset, type WriteWebDatasetOptions, writeWebDataset } from '../src/index.js'
import { faces, fakeImage, scratch } from './fixtures.js'

const read = (...paths: string[]) => [...readWebDataset(paths)]
const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [name, readFileSync(join(folder, name)).toString('latin1')]),
  )

t.test('record i goes to shard i modulo n, under its number; the manifest says the rest', t => {
  const folder = scratch(t)
  const begin = { count: 10, names: ['Ann', 'Bob'], source: 'faces.rec' }
  const manifest = writeWebDataset(faces(10), { folder, shards: 3, begin })
  t.match(manifest, {
    version: 1,
    format: 'webdataset',
    count: 10,
    images: 10,
    classes: 7,
    names: ['Ann', 'Bob'],
    source: 'faces.rec',
  })
  t.same(
    manifest.shards.map(({ name, count }) => [name, count]),
    [
      ['train-000000.tar', 4],
      ['train-000001.tar', 3],
      ['train-000002.tar', 3],
    ],
  )
  t.same(
    read(folder).map(({ id }) => id),
    [0, 3, 6, 9, 1, 4, 7, 2, 5, 8],
  )
  t.same(
    read(join(folder, 'train-000001.tar')),
    [...faces(10)].filter(({ id }) => (id as number) % 3 === 1),
  )
  t.match(readWebDataset([folder]).begin, { count: 10, classes: 7, names: ['Ann', 'Bob'], source: folder })
  t.end()
})

t.test('the records of a stream have keys of their own, though their ids be the same', t => {
  const folder = scratch(t)
  const twice: DataMap[] = [...faces(3), ...faces(3)].map(face => ({ ...face, id: 'the same' }))
  writeWebDataset(twice, { folder })
  t.same(read(folder), twice)
  t.end()
})

t.test('a shuffle keeps a sample together, however large its image', t => {
  const folder = scratch(t)
  const records = [...faces(50)].map((face, i) =>
    i % 10 === 3 ? { ...face, image: Buffer.concat([face.image!, Buffer.alloc(270_000 + 30_000 * i, i)]) } : face,
  )
  writeWebDataset(records, { folder, seed: 1, shards: 3 })
  const found = read(folder).sort((a, b) => Number(a.id) - Number(b.id))
  t.equal(found.length, 50)
  for (const [i, { label, image }] of found.entries()) {
    t.equal(label, records[i]!.label, `label of ${i}`)
    t.ok(Buffer.from(image!).equals(records[i]!.image!), `image of ${i}`)
  }
  t.end()
})

t.test('a shuffle is that of record-shuffle, whatever the memory', t => {
  const expected = [...shuffleRecords(faces(200), { seed: 5 })].map(({ id }) => id)
  for (const memory of [2 ** 30, 20_000]) {
    const folder = scratch(t)
    writeWebDataset(faces(200), { folder, shards: 4, seed: 5, memory })
    t.same(
      read(folder).map(({ id }) => id),
      expected,
      `${memory} bytes`,
    )
  }
  t.end()
})

t.test('compressed, the archives are the same', t => {
  const [plain, packed] = [scratch(t), scratch(t)]
  writeWebDataset(faces(20), { folder: plain })
  writeWebDataset(faces(20), { folder: packed, compression: 'gzip' })
  t.ok(
    gunzipSync(readFileSync(join(packed, 'train-000000.tar.gz'))).equals(readFileSync(join(plain, 'train-000000.tar'))),
  )
  t.same(read(packed), read(plain))
  t.end()
})

t.test('resumed after a kill at any stage, the set is the same', t => {
  const options: Omit<WriteWebDatasetOptions, 'folder'> = { shards: 3, seed: 3, memory: 8000, begin: { count: 150 } }
  const folder = join(scratch(t), 'shards')
  const copies: string[] = []
  const take = () => {
    copies.push(`${folder}-${copies.length}`)
    cpSync(folder, copies.at(-1)!, { recursive: true })
  }
  let records = 0
  writeWebDataset(faces(150), { ...options, folder, onRecord: () => records++ % 40 === 7 && take(), onShard: take })
  t.equal(copies.length, 7)
  for (const copy of copies) {
    writeWebDataset(faces(150), { ...options, folder: copy, resume: true })
    t.strictSame(filesOf(copy), filesOf(folder))
  }
  t.end()
})

t.test('nothing but zeros fills the blocks up', t => {
  const folder = scratch(t)
  writeWebDataset(
    Array.from({ length: 9 }, (_, i) => ({ label: i, image: fakeImage(i, 500 + i) })),
    { folder },
  )
  const archive = readFileSync(join(folder, 'train-000000.tar'))
  for (const { offset, size } of readTar([archive], 'x.tar')) {
    const data = offset + 512
    const padding = archive.subarray(data + size, 512 * Math.ceil((data + size) / 512))
    t.ok(
      padding.every(byte => byte === 0),
      `behind byte ${data + size}`,
    )
  }
  t.end()
})

t.test('a record without a JPEG or PNG is named', t => {
  const records = [...faces(2), { id: 'x', label: 1, payload: Buffer.from('no image') }]
  t.throws(() => writeWebDataset(records, { folder: scratch(t), begin: { source: 'in.rec' } }), {
    message: 'in.rec: record 2 (id x): expected a JPEG or PNG as image, found id, label, payload',
  })
  t.end()
})
