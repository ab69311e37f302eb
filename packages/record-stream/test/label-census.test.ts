import t from 'tap'
import { type DataMap, LabelCensus, severalNumbers, tensorOf } from '../src/index.js'

/** What is said of records with such labels. */
function remarksOn(...labels: DataMap['label'][]): string[] {
  const census = new LabelCensus()
  for (const label of labels) census.personOf({ label })
  return census.remarks()
}

t.test('every record is counted, and its person is that of the one rule', async t => {
  const census = new LabelCensus()
  t.equal(census.personOf({ label: 7 }), 7)
  t.equal(census.personOf({ label: tensorOf(Float32Array.of(3, 0.5)) }), 3)
  t.equal(census.personOf({ label: -1 }), undefined)
  t.equal(census.personOf({ id: 'nobody' }), undefined)
  t.match(census, { records: 4, several: 1, nobody: 2 })
})

t.test('what is odd is said once, as a person says it', async t => {
  t.strictSame(remarksOn(0, 1), [])
  t.strictSame(remarksOn(0, 0.5), [
    'left out 1 record without a person: no label, or none that is a whole number of at least 0',
  ])
  t.strictSame(remarksOn(tensorOf(Float32Array.of(1, 2)), tensorOf(Float32Array.of(1, 2)), undefined, undefined), [
    '2 labels are several numbers: the first is taken for the person',
    'left out 2 records without a person: no label, or none that is a whole number of at least 0',
  ])
  t.equal(severalNumbers(1), '1 label is several numbers: the first is taken for the person')
})

t.test('a label that is no tensor names its source and record', async t => {
  const census = new LabelCensus('faces.rec')
  census.personOf({ label: 1 })
  t.throws(() => census.personOf({ id: 'Ann/1', label: {} as never }), {
    name: 'DataError',
    message: /^faces\.rec: record 1 \(id Ann\/1\): expected a tensor/,
  })
})
