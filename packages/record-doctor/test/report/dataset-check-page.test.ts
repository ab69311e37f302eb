import type { DataMap } from '@tiny-face/record-stream'
import { test } from 'tap'
import { datasetCheckPage, examineDataset, PictureStore } from '../../src/index.js'
import { SHOWN_FINDINGS } from '../../src/report/dataset-check-page.js'
import { MAX_PICTURE_BYTES } from '../../src/report/finding-card.js'
import { facePng, faceRecords } from '../drawn-faces.js'

const clean = await faceRecords(3, 2)
const hostile = `"><script>alert('x')</script>&`

async function pageOf(records: DataMap[], options: { names?: string[]; source?: string } = {}): Promise<string> {
  const store = new PictureStore('/tmp')
  const { source, ...rest } = options
  const page = datasetCheckPage({ examination: await examineDataset(records, { store, ...rest }), store, source })
  store.close()
  return page
}

const embedded = (page: string) => [...page.matchAll(/<img src="data:image\/(\w+);base64,([^"]*)" alt="([^"]*)">/g)]

test('shows the pictures of a finding side by side, byte for byte', async t => {
  const page = await pageOf([...clean, { id: 77, label: 2, image: clean[1]!.image }])
  const pictures = embedded(page)
  t.strictSame(
    pictures.map(([, format, , alt]) => [format, alt]),
    [
      ['png', '1'],
      ['png', '77'],
    ],
  )
  for (const [, , data] of pictures) t.ok(Buffer.from(data!, 'base64').equals(clean[1]!.image))
  t.match(page, 'One picture, two people<small>1</small>')
  t.match(page, '<b>label 0</b>')
  t.match(page, '<b>label 2</b>')
})

test('whatever comes from the data is escaped', async t => {
  const records = [
    ...clean,
    { id: hostile, label: 0, image: clean[1]!.image },
    { id: `${hostile}2`, label: 1, image: Buffer.from(hostile) },
  ]
  const page = await pageOf(records, { names: [hostile, hostile, hostile], source: hostile })
  t.notMatch(page, /<script/)
  t.notMatch(page, "'x'")
  t.match(page, '&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;')
})

test('is self-contained: no script, nothing fetched', async t => {
  const page = await pageOf([...clean, { id: 7, label: 0, image: clean[0]!.image }])
  t.match(
    page,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
  )
  t.notMatch(page, /https?:|<script|<link|@import|url\(|javascript:| on\w+=/)
})

test('shows so many of a kind, and says how many there are', async t => {
  const people = SHOWN_FINDINGS + 3
  const records = await Promise.all(
    Array.from({ length: people }, async (_, i) => ({ id: i, label: i, image: await facePng(i, 0, 48) })),
  )
  const page = await pageOf(records)
  t.equal(embedded(page).length, SHOWN_FINDINGS)
  t.match(page, 'and 3 more: --json lists all.')
  const copies = Array.from({ length: 11 }, (_, i) => ({ ...clean[0]!, id: 100 + i }))
  const crowded = await pageOf([...clean, ...copies])
  t.equal(embedded(crowded).length, 8)
  t.match(crowded, '<span>and 4 more pictures</span>')
})

test('what is no picture, or too large, is said in its place', async t => {
  const large = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(MAX_PICTURE_BYTES)])
  const page = await pageOf([
    ...clean,
    { id: 7, label: 0 },
    { id: 8, label: 0, image: Buffer.from('P5 text') },
    { id: 9, label: 0, image: large },
  ])
  t.match(page, '<i>no picture</i>')
  t.match(page, '<i>no JPEG or PNG</i>')
  t.match(page, '<i>too large to show</i>')
})

test('a clean dataset has a page too', async t => {
  const page = await pageOf(clean)
  t.match(page, 'nothing to repair')
  t.equal(embedded(page).length, 0)
  t.notMatch(page, 'class="findings"')
})

test('heads the page with the dataset, not with where it lies; looks for people of a test set only where one is given', async t => {
  const page = await pageOf(clean, { source: '/home/ann/secret project/train.rec' })
  t.match(page, '<title>Dataset check: train.rec</title>')
  t.notMatch(page, 'secret')
  t.notMatch(page, 'test set')
  t.notMatch(page, 'test-overlap')
  t.match(page, '<code>two-labels</code>', 'kinds as the JSON has them')
})

test('lists what to leave out as record-select takes it', async t => {
  const image = Buffer.from('no image')
  const broken = [3, 4, 5, 9].map(n => ({ id: 100 + n, label: 0, image }))
  const named = { id: 'Ann, <b>/1.jpg', label: 0, image }
  const lonely = { id: 200, label: 3, image: await facePng(9, 0) }
  const page = await pageOf([...clean, ...broken, named, { ...clean[0]!, id: 50 }, lonely])
  const lists = [...page.matchAll(/<summary>([^<]*)<\/summary><pre>([^<]*)<\/pre>/g)].map(([, summary, list]) => [
    summary,
    list,
  ])
  t.strictSame(lists, [
    ['5 ids to leave out, for a file FILE: record-select --except-ids @FILE', '103-105\n109\nAnn, &#60;b&#62;/1.jpg'],
    ['1 id to leave out, for a file FILE: record-select --except-ids @FILE', '50'],
    ['1 label to leave out', 'record-select --except 3 --renumber'],
  ])
})

test('names no picture to leave out by an id that another one has', async t => {
  const other = { id: 60, label: 2, image: await facePng(8, 0) }
  const page = await pageOf([...clean, { ...clean[0]!, id: 60 }, other, { ...other, label: 2, id: 61 }])
  const lists = [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, list]) => list)
  t.strictSame(lists, ['61'], 'record 60 is a copy of one picture, and the first of two of another')
})

test('says in plain English how many images each has', async t => {
  t.match(await pageOf(clean), '2 images each<')
  t.match(await pageOf(clean.slice(1)), '1.7 images each on average<')
  t.match(await pageOf(clean.slice(0, 2)), 'all of one person<')
  t.match(await pageOf([clean[0]!, clean[2]!]), '1 image each<')
})
