import { type Begin, type DataMap, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { enrolRecords, type QualityGate } from '../../src/index.js'
import { facesOf, galleryOf, MODEL } from '../faces.js'

const begin: Begin = { begin: 1, names: ['Ada', 'Bob'], source: 'people', model: MODEL }
const records = facesOf(2, 2).map(
  ({ id, embedding }, i): DataMap => ({
    id,
    label: i % 2,
    embedding: tensorOf(embedding as Float32Array),
    face: { score: 0.6 + i / 10, eyes: 20 + i, sharpness: 100 * i, yaw: i % 2 === 0 ? 10 * i : -10 * i },
  }),
)

/** A stream of records whose begin maps are those of its segments. */
function stream(maps: readonly DataMap[], begins: (Begin | undefined)[] = [begin], each = maps.length) {
  return {
    begin: begins[0]!,
    *[Symbol.iterator]() {
      for (const [i, map] of maps.entries()) {
        this.begin = begins[Math.floor(i / each)]!
        yield map
      }
    },
  }
}

test('a record is the person that its label says, by name where the stream tells names', async t => {
  const { gallery, added, replaced, rejects } = enrolRecords(undefined, stream(records), { now: 1000 })
  t.same(gallery, { ...galleryOf(facesOf(2, 2), 1000), names: ['Ada', 'Bob'] })
  t.same({ added, replaced, rejects: [...rejects] }, { added: 4, replaced: 0, rejects: [] })
  t.same(enrolRecords(undefined, stream(records, [{ ...begin, names: undefined as never }])).gallery.names, ['0', '1'])
  t.same(enrolRecords(undefined, stream(records), { person: 'Zoë' }).gallery.names, ['Zoë'])
  const several = [{ ...records[0]!, label: tensorOf(Float32Array.of(1, 7)) }]
  t.same(enrolRecords(undefined, stream(several)).gallery.names, ['Bob'])
  const segments = stream(records, [begin, { ...begin, names: ['Cleo', 'Dora'] }], 2)
  t.same(enrolRecords(undefined, segments).gallery.names, ['Ada', 'Bob', 'Cleo', 'Dora'], 'each segment names its own')
})

test('ids are text: a number that comes again replaces', async t => {
  const { gallery } = enrolRecords(undefined, stream([{ ...records[0]!, id: 7n }]))
  t.same(gallery.ids, ['7'])
  t.equal(enrolRecords(gallery, stream([{ ...records[0]!, id: 7 }])).replaced, 1)
})

test('the gate leaves out what is not good enough, and says why', async t => {
  for (const [gate, reasons] of [
    [{ minScore: 0.75 }, { 'score below 0.75': 2 }],
    [{ minEyes: 23 }, { 'eyes less than 23 pixels apart': 3 }],
    [{ minSharpness: 100 }, { 'sharpness below 100': 1 }],
    [{ maxYaw: 20 }, { 'turned by more than 20 degrees': 1 }],
    [
      { minScore: 0.75, maxYaw: 20 },
      { 'score below 0.75': 2, 'turned by more than 20 degrees': 1 },
    ],
    [{ minScore: 0.6, maxYaw: 30 }, {}],
  ] as [QualityGate, Record<string, number>][]) {
    const { added, rejects } = enrolRecords(undefined, stream(records), { gate })
    t.same(Object.fromEntries(rejects), reasons)
    t.equal(added, 4 - Object.values(reasons).reduce((sum, count) => sum + count, 0))
  }
  t.throws(() => enrolRecords(undefined, stream(records), { gate: { minScore: 1 } }), {
    message: 'people: expected faces to enrol, found 4, of which none passes: 4 score below 1',
  })
  const unmeasured = [records[0]!, { ...records[1]!, face: { score: '1' } }]
  t.throws(() => enrolRecords(undefined, stream(unmeasured), { gate: { minScore: 0.5 } }), {
    message:
      'people: record 1 (id photo 1): expected face.score, a number: face-align, put before arcface-embed, writes it, found 1',
  })
  t.throws(() => enrolRecords(undefined, stream([{ ...records[0]!, face: undefined }]), { gate: { maxYaw: 5 } }), {
    message: /expected face\.yaw, a number: .*, found none$/,
  })
})

test('bad records are told by source, place and id, and nothing is enrolled', async t => {
  const second = (fields: DataMap) => [records[0]!, { ...records[1]!, ...fields }]
  for (const [maps, message] of [
    [[], 'people: expected faces to enrol, found no record'],
    [
      second({ label: undefined }),
      'people: record 1 (id photo 1): no label, which would say who it is; --person NAME says it for all',
    ],
    [
      second({ label: 0.5 }),
      'people: record 1 (id photo 1): the label is no whole number of at least 0, which would say who it is; --person NAME says it for all',
    ],
    [second({ id: undefined }), 'people: record 1: no id: it says which picture the face is of'],
    [
      second({ embedding: undefined }),
      'people: record 1 (id photo 1): no embedding: put arcface-embed before this command',
    ],
    [
      second({ embedding: tensorOf(new Float32Array(16)) }),
      'people: record 1 (id photo 1): embedding is all zeros: it has no direction and cannot be normalised',
    ],
    [
      second({ embedding: tensorOf(new Float32Array(4).fill(1)) }),
      'people: record 1 (id photo 1): expected an embedding of 16 numbers without flipped, as the gallery has, found 4 numbers without flipped',
    ],
  ] as const)
    t.throws(() => enrolRecords(undefined, stream(maps)), { name: 'DataError', message })
})

test('embeddings of another model are refused', async t => {
  const { gallery } = enrolRecords(undefined, stream(records))
  const other = { ...MODEL, sha256: 'cd'.repeat(32) }
  const say = (sha256: string) => `a.onnx (${sha256}, rgb mean=127.5 std=128)`
  const expected = `expected embeddings of ${say('abababababab')}, as the gallery has, found of`
  for (const [model, found] of [
    [other, say('cdcdcdcdcdcd')],
    [{ ...MODEL, preprocess: 'bgr mean=0 std=1' }, 'a.onnx (abababababab, bgr mean=0 std=1)'],
    [undefined, 'a model that is not named'],
  ] as const) {
    const message = `people: record 0 (id photo 0): ${expected} ${found}`
    t.throws(() => enrolRecords(gallery, stream(records, [{ ...begin, model: model as never }])), { message })
  }
  t.equal(enrolRecords(gallery, stream(records, [{ ...begin, model: { ...MODEL, name: 'renamed.onnx' } }])).replaced, 4)
  t.throws(() => enrolRecords(undefined, stream(records, [begin, { ...begin, model: other }], 2)), {
    message: `people: record 2 (id photo 2): ${expected} ${say('cdcdcdcdcdcd')}`,
  })
  const unnamed = enrolRecords(undefined, stream(records, [{ begin: 1, source: 'people' }])).gallery
  t.equal(unnamed.model, undefined)
  t.throws(() => enrolRecords(unnamed, stream(records)), {
    message: /expected embeddings of a model that is not named/,
  })
})
