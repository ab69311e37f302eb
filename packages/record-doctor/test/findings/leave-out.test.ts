import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBin } from '@tiny-face/bin-stream'
import { test } from 'tap'
import { examineDataset, leaveOut } from '../../src/index.js'
import { facePng, faceRecords } from '../drawn-faces.js'

const clean = await faceRecords(3, 2)
const broken = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

test("a test set's slots are no ids of the dataset", async t => {
  const images = [await facePng(30, 0), broken]
  const pieces: Buffer[] = []
  writeBin(
    images.map((image, side) => ({ image, pair: { index: 0, side: side as 0 | 1, same: false } })),
    piece => pieces.push(Buffer.from(piece)),
  )
  const file = join(t.testdir(), 'test.bin')
  writeFileSync(file, Buffer.concat(pieces))
  const leftOut = async (records: Parameters<typeof examineDataset>[0]) => {
    const examination = await examineDataset(records, { tests: [file] })
    return examination.findings.map(finding => [finding.kind, leaveOut(examination, finding)])
  }
  // Slots 0 and 1 are ids of pictures here, too.
  t.strictSame(await leftOut([...clean.slice(2), { ...clean[4]!, id: 0 }]), [
    ['undecodable', undefined],
    ['exact-duplicate', { ids: [0] }],
    ['empty-label', undefined],
  ])
  t.strictSame(await leftOut([...clean, { id: 9, label: 0, image: broken }]), [['undecodable', { ids: [9] }]])
})

test('ids of any kind that two pictures have name none of them', async t => {
  for (const [ids, wanted] of [
    [[70, 71], { ids: [70, 71] }],
    [[70, 70], undefined],
    [['a', 'b'], { ids: ['a', 'b'] }],
    [['a', 'a'], undefined],
    [[2n ** 60n, 2n ** 60n], undefined],
    [[70, undefined], undefined],
  ] as const) {
    const copies = ids.map(id => ({ ...clean[0]!, id }))
    const examination = await examineDataset([...clean, ...copies])
    t.strictSame(
      examination.findings.map(finding => leaveOut(examination, finding)),
      [wanted],
      `${ids}`,
    )
  }
})
