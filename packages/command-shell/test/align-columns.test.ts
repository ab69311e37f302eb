import t from 'tap'
import { alignColumns } from '../src/align-columns.js'

t.test('columns as wide as their widest cell, and nothing behind the last', async t => {
  t.strictSame(
    alignColumns([
      ['name', '', 'size'],
      ['a', 'yes', ''],
      ['longest', 'no', '12'],
    ]),
    ['name          size', 'a        yes', 'longest  no   12'],
  )
})
