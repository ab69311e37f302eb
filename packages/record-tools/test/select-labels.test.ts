import { type Begin, type DataMap, type Tensor, tensorOf, tensorValues } from '@tiny-face/record-stream'
import t from 'tap'
import { readIds, readLabelRanges, type Selection, selectLabels } from '../src/index.js'

const records: DataMap[] = [
  { id: 0, label: 0, extra: 'kept' },
  { id: 1, label: 3 },
  { id: 2 },
  { id: 3, label: 1.5 },
  { id: 4, label: tensorOf(Float32Array.of(1, 0.5)) },
  { id: 5, label: 5 },
  { id: 6, label: 3, payload: Buffer.from('x') },
]
const begin: Begin = { begin: 1, count: 7, classes: 6, names: ['a', 'b', 'c', 'd', 'e', 'f'], source: 'in.rec' }

function select(selection: Selection, from: Begin = begin) {
  const selected = selectLabels({ begin: from, [Symbol.iterator]: () => records[Symbol.iterator]() }, selection)
  return { begin: selected.begin, records: [...selected.records], remarks: selected.census.remarks() }
}

t.test('keeps the records whose label is selected, with all their fields', t => {
  const { begin, records: kept } = select({ labels: readLabelRanges('0-3') })
  t.same(kept, [records[0], records[1], records[4], records[6]])
  t.match(begin, { classes: 6, names: ['a', 'b', 'c', 'd', 'e', 'f'], source: 'in.rec' })
  t.equal(begin.count, undefined, 'the count is not known ahead')
  t.same(select({ except: readLabelRanges('3') }).records, [records[0], records[4], records[5]])
  t.same(select({ labels: readLabelRanges('0-4'), except: readLabelRanges('0') }).records, [
    records[1],
    records[4],
    records[6],
  ])
  t.end()
})

t.test('renumbers by ascending label, names along', t => {
  const { begin, records: kept } = select({ except: readLabelRanges('0,4'), renumber: true })
  t.match(begin, { classes: 4, names: ['b', 'c', 'd', 'f'] })
  t.same(kept, [
    { ...records[1], label: 2 },
    { ...records[4], label: tensorOf(Float32Array.of(0, 0.5)) },
    { ...records[5], label: 3 },
    { ...records[6], label: 2 },
  ])
  t.match(select({ labels: readLabelRanges('3-100'), renumber: true }).begin, { classes: 3, names: ['d', 'e', 'f'] })
  t.match(select({ labels: readLabelRanges('3-9'), renumber: true }, { begin: 1 }).begin, {
    classes: 7,
    names: undefined,
  })
  t.end()
})

t.test('renumbers from behind the labels of another dataset', t => {
  const { begin, records: kept } = select({ except: readLabelRanges('0,4'), renumber: true, first: 100 })
  t.match(begin, { classes: 104, names: undefined }, 'of the labels before nobody knows the names')
  t.same(
    kept.map(({ label }) => (typeof label === 'object' ? tensorValues(label)[0] : label)),
    [102, 100, 103, 102],
  )
  t.end()
})

t.test('renumbering needs to know how many classes there are, and that labels are below', t => {
  t.throws(() => select({ except: readLabelRanges('0'), renumber: true }, { begin: 1, source: 'in.rec' }), {
    name: 'DataError',
    message: /^in\.rec: expected a stream that says how many classes/,
  })
  t.throws(() => select({ except: readLabelRanges('0'), renumber: true }, { ...begin, classes: 5 }), {
    name: 'DataError',
    message: "in.rec: record 5 (id 5): expected a label below the stream's 5 classes, found 5",
  })
  t.end()
})

t.test('labels of several numbers, in every type of number: the first is the person, the others stay', t => {
  const labels = [
    tensorOf(Float32Array.of(3, 0.25)),
    tensorOf(Float64Array.of(3, -1)),
    tensorOf(Int32Array.of(3, 7)),
    tensorOf(BigInt64Array.of(3n, 2n ** 60n)),
    tensorOf(Uint8Array.of(3, 255)),
    tensorOf(Float32Array.of(3, 1, 2, 4), [2, 2]),
    3n,
  ]
  const source = {
    begin,
    [Symbol.iterator]: () => labels.map((label, id): DataMap => ({ id, label }))[Symbol.iterator](),
  }
  const { records, census } = selectLabels(source, { labels: readLabelRanges('3'), renumber: true, first: 40 })
  t.same(
    [...records].map(({ label }) => label),
    [
      tensorOf(Float32Array.of(40, 0.25)),
      tensorOf(Float64Array.of(40, -1)),
      tensorOf(Int32Array.of(40, 7)),
      tensorOf(BigInt64Array.of(40n, 2n ** 60n)),
      tensorOf(Uint8Array.of(40, 255)),
      tensorOf(Float32Array.of(40, 1, 2, 4), [2, 2]),
      40,
    ],
  )
  t.same(census.remarks(), ['6 labels are several numbers: the first is taken for the person'])
  t.same(tensorValues(labels[0] as Tensor)[0], 3, 'the record that came in is as it was')
  t.end()
})

t.test('what is left out for want of a person is counted; rows of a format are not', t => {
  t.same(select({ labels: readLabelRanges('0-9') }).remarks, [
    '1 label is several numbers: the first is taken for the person',
    'left out 2 records without a person: no label, or none that is a whole number of at least 0',
  ])
  const rows: DataMap[] = [
    { id: 0, recordio: { role: 'header' } },
    records[0]!,
    { id: 9, recordio: { role: 'identity' } },
  ]
  const selected = selectLabels({ begin, [Symbol.iterator]: () => rows.values() }, { labels: readLabelRanges('0') })
  t.same([...selected.records], [records[0]])
  t.same(selected.census.remarks(), [])
  t.end()
})

t.test('nobody left is an error, and so is a label that is no tensor of ours', t => {
  t.throws(() => select({ labels: readLabelRanges('99') }), {
    name: 'DataError',
    message: 'in.rec: expected a record of the people to keep, found none in 7 records',
  })
  const label = { dtype: 'float16', shape: [1], data: Buffer.alloc(2) } as unknown as Tensor
  const { records: wrong } = selectLabels(
    { begin, [Symbol.iterator]: () => [records[0]!, { id: 'b', label }].values() },
    { labels: readLabelRanges('0') },
  )
  t.throws(() => [...wrong], { name: 'DataError', file: 'in.rec', record: 1, id: 'b', found: 'dtype float16' })
  t.end()
})

t.test('records are left out by their ids', t => {
  const ids = (exceptIds: string) => select({ exceptIds: readIds(exceptIds) }).records.map(({ id }) => id)
  t.same(ids('0,5'), [1, 4, 6])
  t.same(ids('1-4'), [0, 5, 6])
  t.end()
})
