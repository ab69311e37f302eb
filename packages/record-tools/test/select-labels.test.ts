import { type Begin, type DataMap, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { parseLabelRanges, type Selection, selectLabels } from '../src/index.js'

const records: DataMap[] = [
  { id: 0, label: 0, extra: 'kept' },
  { id: 1, label: 3 },
  { id: 2 },
  { id: 3, label: 1.5 },
  { id: 4, label: tensorOf(Float32Array.of(1)) },
  { id: 5, label: 5 },
  { id: 6, label: 3, payload: Buffer.from('x') },
]
const begin: Begin = { begin: 1, count: 7, classes: 6, names: ['a', 'b', 'c', 'd', 'e', 'f'], source: 'in.rec' }

function select(selection: Selection, from: Begin = begin) {
  const selected = selectLabels({ begin: from, [Symbol.iterator]: () => records[Symbol.iterator]() }, selection)
  return { begin: selected.begin, records: [...selected.records] }
}

t.test('keeps the records whose label is selected, with all their fields', t => {
  const { begin, records: kept } = select({ labels: parseLabelRanges('0-3') })
  t.same(kept, [records[0], records[1], records[6]])
  t.match(begin, { classes: 6, names: ['a', 'b', 'c', 'd', 'e', 'f'], source: 'in.rec' })
  t.equal(begin.count, undefined, 'the count is not known ahead')
  t.same(select({ except: parseLabelRanges('3') }).records, [records[0], records[5]])
  t.same(select({ labels: parseLabelRanges('0-4'), except: parseLabelRanges('0') }).records, [records[1], records[6]])
  t.end()
})

t.test('renumbers by ascending label, names along', t => {
  const { begin, records: kept } = select({ except: parseLabelRanges('0,4'), renumber: true })
  t.match(begin, { classes: 4, names: ['b', 'c', 'd', 'f'] })
  t.same(kept, [
    { ...records[1], label: 2 },
    { ...records[5], label: 3 },
    { ...records[6], label: 2 },
  ])
  t.match(select({ labels: parseLabelRanges('3-100'), renumber: true }).begin, { classes: 3, names: ['d', 'e', 'f'] })
  t.match(select({ labels: parseLabelRanges('3-9'), renumber: true }, { begin: 1 }).begin, {
    classes: 7,
    names: undefined,
  })
  t.end()
})

t.test('renumbers from behind the labels of another dataset', t => {
  const { begin, records: kept } = select({ except: parseLabelRanges('0,4'), renumber: true, first: 100 })
  t.match(begin, { classes: 104, names: undefined }, 'of the labels before nobody knows the names')
  t.same(
    kept.map(({ label }) => label),
    [102, 103, 102],
  )
  t.end()
})

t.test('renumbering needs to know how many classes there are, and that labels are below', t => {
  t.throws(() => select({ except: parseLabelRanges('0'), renumber: true }, { begin: 1, source: 'in.rec' }), {
    name: 'DataError',
    message: /^in\.rec: expected a stream that says how many classes/,
  })
  t.throws(() => select({ except: parseLabelRanges('0'), renumber: true }, { ...begin, classes: 5 }), {
    name: 'DataError',
    message: "in.rec: record 5 (id 5): expected a label below the stream's 5 classes, found 5",
  })
  t.end()
})
