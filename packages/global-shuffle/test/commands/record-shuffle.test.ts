import t from 'tap'
import { run, streamOf } from '../../../../test/run-stage.js'
import { shuffleRecords } from '../../src/index.js'

const faces = Array.from({ length: 40 }, (_, id) => ({ id, label: id % 4, image: Buffer.from(`image ${id}`) }))
const stream = await streamOf(faces, { count: 40, classes: 4, source: 'faces.rec' })
const ids = (records: { id?: unknown }[]) => records.map(record => record.id)

t.test('record-shuffle', async t => {
  const shuffled = await run('record-shuffle', ['--seed', '7'], stream)
  t.same(ids(shuffled.records), ids([...shuffleRecords(faces, { seed: 7 })]))
  t.match(shuffled.stderr, /^record-shuffle: 40 records, 310 bytes in [\d.]+ s, .*\n$/)
  t.match(await run('record-shuffle', ['--seed', '7', '--memory', '1MiB', '--tmp', t.testdir()], stream), {
    status: 0,
    records: shuffled.records,
  })
  t.match(await run('record-shuffle', ['--seed', '7', '--memory', '1000'], stream), {
    status: 2,
    stderr: /--memory \S+: expected a size such as 512MiB or 2GB, of at least 1048576 bytes/,
  })
  t.match(await run('record-shuffle', [], stream), { status: 2, stderr: /--seed/ })
  t.match(await run('record-shuffle', ['--seed', '4294967296'], stream), { status: 2, stderr: /from 0 to 4294967295/ })
})

t.test('a stream that breaks off fails in one line; a bare one is read when told so', async t => {
  const bare = stream.subarray((await streamOf([], { count: 40, classes: 4, source: 'faces.rec' })).length - endLength)
  const broken = await run('record-shuffle', ['--seed', '1'], stream.subarray(0, -20))
  t.equal(broken.status, 1)
  t.match(broken.stderr, /^record-shuffle: faces\.rec: .*stopped .*\n$/)
  const unframed = await run('record-shuffle', ['--seed', '1', '--unframed', '--quiet'], bare.subarray(0, -endLength))
  t.same([unframed.status, unframed.stderr], [0, ''])
  t.equal(unframed.records.length, 40)
})

// {end: true, count: 40}: one byte each for the map, the two names with their lengths, true and the count.
const endLength = 1 + 4 + 1 + 6 + 1
