import { test } from 'tap'
import { JsonAssembly, MAX_JSON_BYTES } from '../src/json-assembly.js'

test('an object that takes too much', async t => {
  const assembly = new JsonAssembly('x.json', false)
  assembly.take({ name: 'startObject' }, 1)
  assembly.taken(MAX_JSON_BYTES)
  t.throws(() => assembly.taken(1), { name: 'DataError', expected: 'an object of at most 134217728 bytes' })
})

test('items of an array take as much each', async t => {
  const assembly = new JsonAssembly('x.json', false)
  assembly.take({ name: 'startArray' }, 1)
  for (let item = 0; item < 3; item++) {
    assembly.take({ name: 'startObject' }, 1)
    t.strictSame(assembly.take({ name: 'endObject' }, 1)?.value, {})
    assembly.taken(MAX_JSON_BYTES)
  }
})
