import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readRecordIO } from '../../src/read/read-recordio.js'
import { generatedFile, irRecord, scratch, tinyImage } from '../fixtures.js'

type LabelOf = number | number[]

/** Rows as insightface's face2rec2.py writes them: an identity row for each run of one label. */
function insightfaceRows(labels: LabelOf[], headerFirst = true): { records: Buffer[]; keys: number[] } {
  const person = (label: LabelOf | undefined) => (Array.isArray(label) ? label[0] : label)
  const firsts = labels.flatMap((label, i) => (i > 0 && person(labels[i - 1]) === person(label) ? [] : [i + 1]))
  const start = labels.length + 1
  const header = irRecord([start, start + firsts.length], 0, Buffer.alloc(0))
  const images = labels.map((label, i) => irRecord(label, i + 1, tinyImage(i)))
  const identities = firsts.map((first, i) => irRecord([first, firsts[i + 1] ?? start], start + i, Buffer.alloc(0)))
  const imageKeys = images.map((_, i) => i + 1)
  const identityKeys = identities.map((_, i) => start + i)
  return headerFirst
    ? { records: [header, ...images, ...identities], keys: [0, ...imageKeys, ...identityKeys] }
    : { records: [...images, header, ...identities], keys: [...imageKeys, 0, ...identityKeys] }
}

function dataset(t: Test, rows: { records: Buffer[]; keys: number[] }, files: { index?: boolean; property?: string }) {
  const path = join(scratch(t), 'x.rec')
  const { bytes, index } = generatedFile(rows.records, rows.keys)
  writeFileSync(path, bytes)
  if (files.index !== false) writeFileSync(path.replace('.rec', '.idx'), index)
  if (files.property !== undefined) writeFileSync(join(path, '../property'), files.property)
  return path
}

function classesOf(path: string): { classes: number | undefined; conflicts: string[] } {
  const reader = readRecordIO(path)
  reader.close()
  return { classes: reader.begin.classes, conflicts: reader.conflicts.map(text => text.replace(path, 'x.rec')) }
}

const UNSORTED = [0, 0, 1, 0, 2, 1]

t.test('a list that was not sorted has more identity rows than people: the labels decide, and it is said', async t => {
  const said =
    'x.rec: its header row counts 5 classes, and its images have 3 labels, the largest 2: 3 classes are taken'
  for (const headerFirst of [true, false]) {
    for (const property of ['3,112,112', '5,112,112', undefined]) {
      const path = dataset(t, insightfaceRows(UNSORTED, headerFirst), property === undefined ? {} : { property })
      t.same(classesOf(path), { classes: 3, conflicts: [said] }, `property ${property}, header first: ${headerFirst}`)
    }
  }
})

t.test('without an index the number is left open, and it is said', async t => {
  const path = dataset(t, insightfaceRows(UNSORTED), { index: false })
  const said = 'x.rec: its header row counts 5 classes, which its labels contradict; how many there are is left open'
  t.same(classesOf(path), { classes: undefined, conflicts: [said] })
})

t.test('a sorted list has as many as it says, with an index and without, and labels of several numbers', async t => {
  for (const labels of [
    [0, 0, 1, 2, 2],
    [
      [0, 0.5],
      [1, 3],
      [1, 2],
      [2, 0],
    ],
  ]) {
    for (const index of [true, false]) {
      const path = dataset(t, insightfaceRows(labels), { index, property: '3,112,112' })
      t.same(classesOf(path), { classes: 3, conflicts: [] }, `${labels}, index: ${index}`)
    }
  }
})

t.test('labels with gaps reach to the largest', async t => {
  const said =
    'x.rec: its header row counts 3 classes, and its images have 3 labels, the largest 7: 8 classes are taken'
  t.same(classesOf(dataset(t, insightfaceRows([0, 4, 4, 7]), {})), { classes: 8, conflicts: [said] })
})

t.test('property says another number than header row and labels: they decide, and it is said', async t => {
  const path = dataset(t, insightfaceRows([0, 1, 2]), { property: '93431,112,112' })
  const said = 'x.rec: the file property beside it says 93431 classes, and its labels 3'
  t.same(classesOf(path), { classes: 3, conflicts: [said] })
})

t.test('property as people write it, where there is no header row', async t => {
  const rows = { records: [irRecord(0, 0, tinyImage(1))], keys: [0] }
  for (const property of [
    '93431,112,112',
    '93431,112,112\n',
    '93431, 112, 112\r\n',
    ' 93431 ,112 ,112',
    '\ufeff93431,112,112',
    '93431 112 112',
    '93431\t112\t112\n',
    'classes,height,width\n93431,112,112\n',
    '93431,112,112\n5822653\n',
    '\n93431,112,112',
  ]) {
    const path = dataset(t, rows, { property })
    t.same(classesOf(path), { classes: 93431, conflicts: [] }, JSON.stringify(property))
  }
  for (const property of ['', '93431', '93431,112', '93431,112,112,3', 'a,b,c', '-1,112,112', '1.5,112,112']) {
    t.equal(classesOf(dataset(t, rows, { property })).classes, undefined, JSON.stringify(property))
  }
})

t.test('the last image is found before the identity rows, however long it is', async t => {
  const rows = insightfaceRows([0, 1, 2])
  const magic = Buffer.from('0a23d7ce', 'hex')
  const long = Buffer.concat([tinyImage(9, 300_000), magic, tinyImage(9, 300_000), magic])
  rows.records[3] = irRecord(2, 3, long)
  t.same(classesOf(dataset(t, rows, { index: false })), { classes: 3, conflicts: [] })
  rows.records[3] = irRecord(1, 3, long)
  t.equal(classesOf(dataset(t, rows, { index: false })).classes, undefined, 'and its label is read')
})

t.test('rows that are not where they are said to be leave the number open', async t => {
  const rows = insightfaceRows(UNSORTED)
  rows.records[7] = irRecord(0, 7, tinyImage(1))
  t.equal(classesOf(dataset(t, rows, {})).classes, undefined, 'an image in place of an identity row')
  const path = dataset(t, insightfaceRows(UNSORTED), {})
  writeFileSync(path.replace('.rec', '.idx'), '0\t0\n6\t999999\n')
  t.same(classesOf(path), { classes: 5, conflicts: [] }, 'an index of another file: reading will say so')
  rmSync(path.replace('.rec', '.idx'))
})
