import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodePng } from '@tiny-face/image-stream'
import { writeShards } from '@tiny-face/tfrecord-stream'
import t from 'tap'
import { fingerprintOfShards } from '../src/data-fingerprint.js'
import { openTrainingSet } from '../src/index.js'

const images = await Promise.all(
  [0, 1, 2, 3].map(grey => encodePng({ pixels: new Uint8Array(3).fill(grey), height: 1, width: 1 })),
)
const RECORDS = images.map((image, i) => ({ label: i >> 1, image }))

function shardsOf(folder: string, records = RECORDS): string {
  writeShards(records, { folder, shards: 2 })
  return folder
}

function fingerprint(...paths: string[]): string {
  const set = openTrainingSet(paths)
  set.close()
  return set.fingerprint
}

t.test('the same shards, wherever they lie, and with or without their manifest', async t => {
  const folder = t.testdir()
  const [a, b] = [shardsOf(join(folder, 'a')), join(folder, 'b')]
  cpSync(a, b, { recursive: true })
  t.match(fingerprint(a), /^[0-9a-f]{64}$/)
  t.equal(fingerprint(b), fingerprint(a))
  rmSync(join(b, 'manifest.json'))
  t.equal(fingerprint(b), fingerprint(a))
})

t.test('another label, image or order', async t => {
  const folder = t.testdir()
  const whole = fingerprint(shardsOf(join(folder, 'a')))
  const [first, second, third, last] = RECORDS as [...typeof RECORDS] & { length: 4 }
  const changed = {
    label: [first!, { ...second!, label: 1 }, third!, last!],
    image: [first!, { ...second!, image: images[3]! }, third!, last!],
    order: [second!, first!, third!, last!],
  }
  for (const [name, records] of Object.entries(changed))
    t.not(fingerprint(shardsOf(join(folder, name), records)), whole, name)
  const [a, b] = [join(folder, 'a'), join(folder, 'label')]
  t.not(fingerprint(a, b), fingerprint(b, a))
})

t.test('other labels of the same files, which a manifest may give them', async t => {
  const folder = shardsOf(join(t.testdir(), 'a'))
  const labelled = (label: number) => fingerprintOfShards([folder], { count: 1, label: () => label })
  t.not(labelled(0), labelled(1))
})
