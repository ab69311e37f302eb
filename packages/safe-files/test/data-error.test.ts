import t from 'tap'
import { DataError, placed } from '../src/index.js'

t.test('an error of data gets the place that it does not say itself', async t => {
  const place = { file: 'a.rec', offset: 12, record: 3, id: 'x' }
  const bare = placed(new DataError({ expected: 'a face', found: 'none' }), place)
  t.match(bare, {
    name: 'DataError',
    message: 'a.rec: byte 12: record 3 (id x): expected a face, found none',
    ...place,
  })
  const known = placed(new DataError({ record: 0, id: 0, offset: 0, message: 'damaged', cause: 'a cause' }), place)
  t.match(known, { file: 'a.rec', offset: 0, record: 0, id: 0, message: 'a.rec: byte 0: record 0 (id 0): damaged' })
  t.equal((known as Error).cause, 'a cause')
  t.match(placed(new DataError({ message: 'damaged', file: undefined }), { record: 1 }), {
    file: undefined,
    message: 'record 1: damaged',
  })
})

t.test('one that names its file stays as it is, and so does what is no error of data', async t => {
  for (const error of [new DataError({ file: 'b.rec', found: 'none' }), new Error('other'), 'a text', undefined])
    t.equal(placed(error, { file: 'a.rec', record: 1 }), error)
})
