import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBin } from '@tiny-face/bin-stream'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import sharp from 'sharp'
import { test } from 'tap'
import { examineDataset, findingsJson } from '../src/index.js'
import { facePng, faceRecords } from './drawn-faces.js'
import { plainFindings } from './plain-findings.js'

const people = 8
const views = 3
const clean = await faceRecords(people, views)
const imageOf = (label: number, view: number) => clean[label * views + view]!.image

test('finds nothing in a clean dataset', async t => {
  const examination = await examineDataset(clean, { classes: people })
  t.strictSame(plainFindings(examination), [])
  t.match(examination, { images: 24, people: 8, usualSize: '112x112', from: 0 })
})

const jpeg = (image: Uint8Array) => sharp(image).jpeg({ quality: 60 }).toBuffer()

/** What was planted, and what is to be found for it. */
async function planted() {
  const grey = await sharp({ create: { width: 112, height: 112, channels: 3, background: '#777' } })
    .png()
    .toBuffer()
  const moved = sharp(imageOf(1, 1)).extract({ left: 1, top: 0, width: 111, height: 112 }).linear(1, 9)
  const faults: DataMap[] = [
    { id: 100, label: 2, image: imageOf(2, 1) },
    { id: 101, label: 3, image: await jpeg(imageOf(3, 0)) },
    { id: 102, label: 4, image: await sharp(imageOf(4, 2)).flop().jpeg({ quality: 80 }).toBuffer() },
    { id: 103, label: 6, image: imageOf(5, 0) },
    { id: 104, label: 0, image: await moved.resize(112, 112, { fit: 'fill' }).png().toBuffer() },
    { id: 105, label: 1, image: (await facePng(1, 7)).subarray(0, 9000) },
    { id: 106, label: 1, image: Buffer.from('no image at all') },
    { id: 107, label: 1 },
    { id: 108, label: 2, image: grey },
    { id: 109, image: await facePng(0, 8) },
    { id: 110, label: tensorOf(Float32Array.of(2.5)), image: await facePng(2, 8) },
    { id: 111, label: 12, image: await facePng(20, 0) },
    { id: 112, label: 9, image: await facePng(21, 0) },
    { id: 113, label: 7, image: await facePng(7, 8, 64) },
    { id: 114, label: tensorOf(Float32Array.of(9, 0.3)), image: await facePng(21, 1) },
    { id: 'h', recordio: { role: 'header' } },
    { id: 'i', recordio: { role: 'identity' } },
  ]
  return [...clean, ...faults]
}

/** The test set: pictures of nobody here, one of them twice, but for a copy in slot 2, and a smaller one in slot 5. */
async function testSet(folder: string): Promise<string> {
  const images = await Promise.all(Array.from({ length: 6 }, (_, i) => facePng(30 + i, 0)))
  images[2] = imageOf(7, 0)
  images[3] = images[1]!
  images[4] = await jpeg(images[0]!)
  images[5] = await sharp(imageOf(3, 2)).resize(80, 80).jpeg().toBuffer()
  const pieces: Buffer[] = []
  const records = images.map((image, i) => ({ image, pair: { index: i >> 1, side: (i % 2) as 0 | 1, same: false } }))
  writeBin(records, piece => pieces.push(Buffer.from(piece)))
  const file = join(folder, 'test.bin')
  writeFileSync(file, Buffer.concat(pieces))
  return file
}

test('finds what was planted, and nothing else', async t => {
  const file = await testSet(t.testdir())
  const examination = await examineDataset(await planted(), { classes: 11, tests: [file] })
  t.strictSame(plainFindings(examination), [
    { kind: 'two-labels', ids: [15, 103], links: [[15, 103, 'exact']] },
    { kind: 'two-labels', ids: [4, 104], links: [[4, 104, 'near']] },
    { kind: 'test-overlap', ids: [21], links: [[21, 2, 'exact']], label: 7, test: file },
    { kind: 'test-overlap', ids: [11], links: [[11, 5, 'near']], label: 3, test: file },
    { kind: 'undecodable', ids: [105], reason: 'expected a whole image, found one that does not decode' },
    {
      kind: 'undecodable',
      ids: [106],
      reason: 'expected a JPEG, PNG or PGM image, found 0x6e6f20696d616765',
    },
    { kind: 'undecodable', ids: [107], reason: 'the record has no image' },
    { kind: 'blank', ids: [108], reason: 'one colour' },
    { kind: 'bad-label', ids: [109], reason: 'no label' },
    { kind: 'bad-label', ids: [110], reason: 'label 2.5' },
    { kind: 'bad-label', ids: [111], label: 12, reason: 'label 12 of 11 classes' },
    { kind: 'exact-duplicate', ids: [7, 100], links: [[7, 100, 'exact']] },
    { kind: 'near-duplicate', ids: [9, 101], links: [[9, 101, 'near']] },
    { kind: 'mirrored-duplicate', ids: [14, 102], links: [[14, 102, 'mirrored']] },
    { kind: 'odd-size', ids: [113], reason: '64x64' },
    { kind: 'empty-label', ids: [], label: 8, last: 8 },
    { kind: 'empty-label', ids: [], label: 10, last: 10 },
  ])
})

/** A face under light that falls off towards one side; `strength` is what the darkest side lacks, 0 to 1. */
async function lit(image: Uint8Array, strength: number, direction: 'right' | 'down'): Promise<Uint8Array> {
  const [x2, y2] = direction === 'right' ? [1, 0] : [0, 1]
  const level = Math.round(255 * (1 - strength))
  const light = `<svg width="112" height="112"><linearGradient id="g" x2="${x2}" y2="${y2}"><stop stop-color="white"/>
    <stop offset="1" stop-color="rgb(${level},${level},${level})"/></linearGradient><rect width="112" height="112" fill="url(#g)"/></svg>`
  return sharp(image)
    .composite([{ input: Buffer.from(light), blend: 'multiply' }])
    .png()
    .toBuffer()
}

test('a series in changing light is no set of copies; copies within it are told', async t => {
  const base = imageOf(3, 0)
  const series = await Promise.all(
    [0.25, 0.45, 0.65].flatMap(strength => [lit(base, strength, 'right'), lit(base, strength, 'down')]),
  )
  const records = [
    ...clean,
    ...series.map((image, i) => ({ id: 400 + i, label: 3, image })),
    { id: 500, label: 3, image: await jpeg(series[0]!) },
    { id: 501, label: 3, image: base },
  ]
  const found = plainFindings(await examineDataset(records))
  t.strictSame(
    found.filter(({ kind }) => kind !== 'look-alike').map(({ kind, ids }) => ({ kind, ids })),
    [
      { kind: 'exact-duplicate', ids: [9, 501] },
      { kind: 'near-duplicate', ids: [400, 500] },
    ],
  )
  const alike = found.filter(({ kind }) => kind === 'look-alike').flatMap(({ ids }) => ids)
  t.ok(alike.length >= 3, `${alike}`)
  t.notOk(alike.includes(500) || alike.includes(501), 'of copies one stands for all')
})

test('a face that looks straight ahead is like its own mirror image, and never called mirrored for it', async t => {
  const left = await sharp(imageOf(2, 0)).extract({ left: 0, top: 0, width: 56, height: 112 }).png().toBuffer()
  const frontal = await sharp(left)
    .extend({ right: 56, background: '#000' })
    .composite([{ input: await sharp(left).flop().png().toBuffer(), left: 56, top: 0 }])
    .png()
    .toBuffer()
  const fromLeft = await lit(frontal, 0.3, 'right')
  const fromRight = await sharp(fromLeft).flop().jpeg({ quality: 95 }).toBuffer()
  const records = [
    ...clean,
    { id: 600, label: 2, image: fromLeft },
    { id: 601, label: 2, image: fromRight },
    { id: 602, label: 2, image: await jpeg(fromRight) },
  ]
  const found = plainFindings(await examineDataset(records)).map(({ kind, ids }) => ({ kind, ids }))
  t.strictSame(found, [
    { kind: 'near-duplicate', ids: [601, 602] },
    { kind: 'look-alike', ids: [600, 601] },
  ])
})

test('traces of damage in a picture that decodes are told', async t => {
  const raw = await sharp(imageOf(1, 1)).removeAlpha().raw().toBuffer()
  raw.fill(128, 3 * 112 * 70)
  const cut = await sharp(raw, { raw: { width: 112, height: 112, channels: 3 } })
    .png()
    .toBuffer()
  const found = plainFindings(await examineDataset([...clean, { id: 700, label: 1, image: cut }]))
  t.strictSame(
    found.filter(({ kind }) => kind === 'looks-damaged'),
    [{ kind: 'looks-damaged', ids: [700], reason: 'one colour from within the picture to its end' }],
  )
})

test('labels of several numbers are counted', async t => {
  const vectors = clean.map(record => ({ ...record, label: tensorOf(Float32Array.of(Number(record.label), 0.5)) }))
  t.match(await examineDataset(vectors), { several: 24, people, findings: [] })
  t.match(await examineDataset(clean), { several: 0 })
})

test('people with few pictures, the fewest first', async t => {
  const records = clean.filter(({ id }) => Number(id) < 19 && ![3, 4].includes(Number(id)))
  t.strictSame(plainFindings(await examineDataset(records)), [
    { kind: 'few-images', ids: [5], label: 1 },
    { kind: 'few-images', ids: [18], label: 6 },
  ])
  t.strictSame(plainFindings(await examineDataset(records, { minImages: 1 })), [])
  t.equal(plainFindings(await examineDataset(records, { minImages: 4 })).length, 7)
})

test('copies of a copy are one group, and each of them overlaps the test set', async t => {
  const file = await testSet(t.testdir())
  const records = [
    ...clean,
    { id: 200, label: 7, image: imageOf(7, 0) },
    { id: 201, label: 0, image: imageOf(7, 0) },
    { id: 202, label: 7, image: await jpeg(imageOf(7, 0)) },
  ]
  t.strictSame(plainFindings(await examineDataset(records, { tests: [file] })), [
    {
      kind: 'two-labels',
      ids: [21, 200, 201, 202],
      links: [
        [21, 200, 'exact'],
        [21, 201, 'exact'],
        [21, 202, 'near'],
      ],
    },
    {
      kind: 'test-overlap',
      ids: [21, 200, 202],
      links: [
        [21, 2, 'exact'],
        [200, 2, 'exact'],
        [202, 2, 'near'],
      ],
      label: 7,
      test: file,
    },
    { kind: 'test-overlap', ids: [201], links: [[201, 2, 'exact']], label: 0, test: file },
    { kind: 'test-overlap', ids: [11], links: [[11, 5, 'near']], label: 3, test: file },
  ])
})

/** Pictures that several decoders have something to say about at the same time. */
async function damaged(): Promise<DataMap[]> {
  const whole = [await facePng(1, 7), await jpeg(await facePng(1, 7))]
  return Array.from({ length: 40 }, (_, i) => {
    const image = Uint8Array.from(whole[i % 2]!)
    image.fill(i, 1200 + 13 * i, 1250 + 13 * i)
    return { id: 300 + i, label: 1, image: image.subarray(0, i % 3 === 0 ? 1000 + 20 * i : undefined) }
  })
}

test('the same, byte for byte, whatever the number of threads', async t => {
  const file = await testSet(t.testdir())
  const records = [...(await planted()), ...(await damaged())]
  const json = async (threads: number) =>
    [...findingsJson(await examineDataset(records, { threads, tests: [file] }))].join('')
  const one = await json(1)
  t.equal(await json(4), one)
  t.equal(await json(16), one)
})

test('copies what it keeps: a reader’s buffers are gone with the next record', async t => {
  const buffer = new Uint8Array(200_000)
  function* shared() {
    for (const { image, ...rest } of clean) {
      buffer.set(image)
      yield { ...rest, image: buffer.subarray(0, image.length) }
      buffer.fill(0)
    }
  }
  t.strictSame(plainFindings(await examineDataset(shared(), { threads: 8 })), [])
})

test('labels without a picture are told in runs; few or no pictures are no fault of the doctor', async t => {
  const records = [0, 1, 5, 9].flatMap((label, i) => [
    { ...clean[i * views]!, label },
    { ...clean[i * views + 1]!, label },
  ])
  const gaps = [
    { kind: 'empty-label', ids: [], label: 2, last: 4 },
    { kind: 'empty-label', ids: [], label: 6, last: 8 },
  ]
  t.strictSame(plainFindings(await examineDataset(records)), gaps)
  t.strictSame(plainFindings(await examineDataset(records, { classes: 20 })), [
    ...gaps,
    { kind: 'empty-label', ids: [], label: 10, last: 19 },
  ])
  t.match(await examineDataset([]), { images: 0, people: 0, findings: [], usualSize: undefined })
})

test('a test set that is none is an error before the dataset is read', async t => {
  const file = join(t.testdir({ 'bad.bin': 'nothing' }), 'bad.bin')
  const unread = {
    [Symbol.iterator]: (): Iterator<DataMap> => {
      throw new Error('was read')
    },
  }
  await t.rejects(examineDataset(unread, { tests: [file] }), { name: 'DataError', file })
})
