import { readFileSync } from 'node:fs'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { FPIRS, identification, ratesAt } from '../../src/identification/identification.js'
import { identificationTable } from '../../src/identification/identification-report.js'
import { enrolFaces, IDENTIFICATION_PROTOCOLS } from '../../src/identification/protocol.js'
import { searchGallery } from '../../src/identification/search-gallery.js'

interface Expected {
  ranks: number[]
  cmc: number[]
  mated: number
  strangers: number
  tpir: Record<string, { threshold: number; tpir: number; fpir: number }>
}
type Fixture = Record<'first' | 'field', Expected> & { labels: number[]; embeddings: number[][]; gallery: boolean[] }

// What tools/peers/identification.py says of 300 vectors of 60 people, by numpy.
const fixture = JSON.parse(readFileSync(new URL('fixture.json', import.meta.url), 'utf8')) as Fixture
const records = fixture.labels.map(
  (label, i): DataMap => ({
    id: i,
    label,
    embedding: tensorOf(Float32Array.from(fixture.embeddings[i]!)),
    gallery: fixture.gallery[i],
  }),
)

for (const protocol of IDENTIFICATION_PROTOCOLS) {
  test(`${protocol}: every figure is numpy's`, async t => {
    const expected = fixture[protocol]
    const enrolment = enrolFaces(records, protocol)
    const searches = await searchGallery(enrolment.gallery, enrolment.probes)
    t.same(Array.from(searches.ranks), expected.ranks)
    const figures = identification(enrolment, searches, protocol)
    t.match(figures, { protocol, mated: expected.mated, strangers: expected.strangers, flip: false })
    t.equal(figures.cmc.length, expected.cmc.length)
    t.ok(figures.cmc.every((share, i) => Math.abs(share - expected.cmc[i]!) < 1e-12))
    for (const fpir of FPIRS) {
      const { threshold, tpir, fpir: met } = figures.tpir[fpir]!
      const wanted = expected.tpir[fpir]!
      t.ok(Math.abs(threshold - wanted.threshold) < 1e-12, `${fpir}: threshold ${threshold}, ${wanted.threshold}`)
      t.ok(Math.abs(tpir - wanted.tpir) < 1e-12, `${fpir}: TPIR ${tpir}, ${wanted.tpir}`)
      t.ok(Math.abs(met - wanted.fpir) < 1e-12, `${fpir}: FPIR ${met}, ${wanted.fpir}`)
      t.same(ratesAt(searches, protocol, threshold), figures.tpir[fpir])
    }
  })
}

test('a rate finer than the searches is said, and what cannot be told', async t => {
  const table = async (maps: DataMap[], protocol: 'first' | 'field') => {
    const enrolment = enrolFaces(maps, protocol)
    return identificationTable(
      identification(enrolment, await searchGallery(enrolment.gallery, enrolment.probes), protocol),
    )
  }
  t.equal(
    await table(records, 'first'),
    `60 images of 60 people enrolled, 240 of 60 searched for, without mirror images
rank 1            ${fixture.first.cmc[0]!.toFixed(4)}    ${Math.round(fixture.first.cmc[0]! * 240)} of 240 searches for people who are enrolled
rank 5            ${fixture.first.cmc[4]!.toFixed(4)}    ${Math.round(fixture.first.cmc[4]! * 240)} of 240 searches for people who are enrolled
rank 10           ${fixture.first.cmc[9]!.toFixed(4)}    ${Math.round(fixture.first.cmc[9]! * 240)} of 240 searches for people who are enrolled
${FPIRS.map(fpir => {
  const { threshold, tpir, fpir: met } = fixture.first.tpir[fpir]!
  const rest = `below ${threshold.toFixed(4)}, cosine ${(1 - threshold / 2).toFixed(4)}; FPIR ${met.toFixed(4)}, ${Math.round(met * 240)} of 240 searches for strangers`
  return `TPIR@FPIR=${fpir}    ${tpir.toFixed(4)}    ${rest}`
}).join('\n')}
Strangers' searches are the same images, each in the gallery without its person.
FPIR 1e-3: finer than 240 searches can tell; the threshold is that of the closest stranger.
`,
  )
  const field = (gallery: (person: number) => boolean) =>
    records.slice(0, 60).map((record, i) => ({ ...record, label: i, gallery: gallery(i) }))
  t.match(
    await table(
      field(i => i < 30),
      'field',
    ),
    /Nobody who is searched for is enrolled: no rank and no TPIR\.\n$/,
  )
  const twice = [...field(() => true), ...field(() => false)]
  t.match(await table(twice, 'field'), /rank 1 {12}1\.0000 [\s\S]*No stranger is searched for: no FPIR\.\n$/)
})

test('refuses streams that nothing can be searched in', async t => {
  const one = records.filter((record, i) => records.findIndex(({ label }) => label === record.label) === i)
  t.throws(
    () => enrolFaces(one, 'first', { source: 'a' }),
    new DataError({ file: 'a', message: 'nobody is searched for: nobody has a second image' }),
  )
  t.throws(
    () =>
      enrolFaces(
        records.map(record => ({ ...record, gallery: true })),
        'field',
      ),
    { message: /no record has gallery false/ },
  )
  t.throws(
    () =>
      enrolFaces(
        records.map(record => ({ ...record, gallery: false })),
        'field',
      ),
    { message: /nobody is enrolled/ },
  )
  t.throws(
    () => enrolFaces([records[0]!, { ...records[1]!, gallery: 1 }], 'field', { source: 'a' }),
    new DataError({
      file: 'a',
      record: 1,
      id: 1,
      expected: 'gallery to be true (enrolled) or false (searched for)',
      found: '1',
    }),
  )
})
