import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import t from 'tap'
import { readManifest, verifyShards, type WriteShardsOptions, writeShards } from '../../src/index.js'
import { fakeImage, sha256 } from '../fixtures.js'

function* faces(count: number): Generator<DataMap> {
  for (let id = 0; id < count; id++) yield { id, label: id % 7, image: fakeImage(id) }
  yield { id: count, payload: Buffer.from('no image') }
}

function problemsOf(folder: string): string[] {
  return [...verifyShards(folder)].map(({ message }) => message)
}

function written(folder: string, options: Partial<WriteShardsOptions> = {}) {
  writeShards(faces(30), { folder, shards: 3, begin: { classes: 7 }, ...options })
  return { folder, paths: readManifest(folder)!.shards.map(({ name }) => join(folder, name)) }
}

t.test('a set as it was written has no problems', t => {
  for (const options of [{}, { seed: 1 }, { compression: 'gzip' }, { compression: 'zlib', seed: 1 }] as const) {
    const { folder } = written(join(t.testdir(), 'set'), options)
    let records = 0
    let bytes = 0
    const onRecord = (size: number) => {
      records++
      bytes += size
    }
    t.same([...verifyShards(folder, { onRecord })], [], JSON.stringify(options))
    t.equal(records, 31)
    t.ok(bytes > 30 * 20)
  }
  t.same(problemsOf(written(join(t.testdir(), 'keys'), { keys: { image: 'x', label: 'y' } }).folder), [])
  t.end()
})

t.test('every flipped bit of a shard is found', t => {
  const { folder, paths } = written(join(t.testdir(), 'set'), { shards: 1 })
  const path = paths[0]!
  const whole = readFileSync(path)
  for (let bit = 3; bit < 8 * whole.length; bit += 397) {
    const damaged = Buffer.from(whole)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    writeFileSync(path, damaged)
    const found = problemsOf(folder)
    t.equal(found.length, 2, `bit ${bit}`)
    t.match(found[0], /train-00000-of-00001\.tfrecord: byte \d+: record \d+: expected /)
    t.match(found[1], /expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/)
  }
  t.end()
})

t.test('of a compressed shard too, also where the damage is none to its content', t => {
  const { folder, paths } = written(join(t.testdir(), 'set'), { compression: 'gzip' })
  const damaged = readFileSync(paths[1]!)
  damaged[4]! ^= 1
  writeFileSync(paths[1]!, damaged)
  t.same(problemsOf(folder).length, 1, 'the time in the header of GZIP')
  damaged[40]! ^= 1
  writeFileSync(paths[1]!, damaged)
  t.match(problemsOf(folder), [/expected a whole GZIP file/, /SHA-256/])
  t.end()
})

t.test('several things wrong are several lines', t => {
  const { folder, paths } = written(join(t.testdir(), 'set'))
  const sizes = paths.map(path => readFileSync(path).length)
  rmSync(paths[0]!)
  truncateSync(paths[1]!, sizes[1]! - 5)
  cpSync(paths[2]!, join(folder, 'train-00009-of-00012.tfrecord'))
  writeFileSync(join(folder, 'README'), 'no shard')
  const found = problemsOf(folder)
  t.equal(found.length, 4)
  t.match(found, [
    `${paths[0]}: expected the shard that the manifest names, found no such file`,
    `${paths[1]}: expected ${sizes[1]} bytes, found ${sizes[1]! - 5}`,
    /: record 9: expected \d+ bytes of a record, found the end of the file after \d+$/,
    `${join(folder, 'train-00009-of-00012.tfrecord')}: is a shard that the manifest does not name`,
  ])
  t.end()
})

t.test('a manifest that says something else than the shards hold', t => {
  const { folder, paths } = written(join(t.testdir(), 'set'))
  const path = join(folder, 'manifest.json')
  const manifest = readManifest(folder)!
  const lies = (change: object) => {
    writeFileSync(path, JSON.stringify({ ...manifest, ...change }))
    return problemsOf(folder)
  }
  t.match(lies({ count: 30 }), [`${path}: expected 31 as count, the sum of the shards', found 30`])
  t.match(lies({ images: 31 }), [`${folder}: expected 31 images, found 30`])
  t.match(lies({ classes: 6 }), [
    new RegExp(`^${paths[0]}: byte \\d+: record 2: expected a label below the manifest's 6 classes, found 6$`),
    /record 4: .*, found 6$/,
    /record 6: .*, found 6$/,
  ])
  const [first, ...rest] = manifest.shards
  t.match(lies({ shards: [{ ...first, count: 12 }, ...rest], count: 32 }), [
    `${paths[0]}: expected 12 records, found 11`,
  ])
  t.match(lies({ shards: [{ ...first, sha256: sha256(Buffer.of()) }, ...rest] }), [/expected SHA-256 e3b0c44298fc/])
  t.match(lies({ format: 'other' }), [/expected a manifest of format "tfrecord", found "other"/])
  writeFileSync(path, '{')
  t.match(problemsOf(folder), [/manifest\.json: expected JSON/])
  rmSync(path)
  t.match(problemsOf(folder), [`${folder}: expected a manifest.json, found none`])
  t.end()
})
