import { tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { run, streamOf } from '../../../../test/run-stage.js'

const faces = Array.from({ length: 40 }, (_, id) => ({ id, label: id % 4, image: Buffer.from(`image ${id}`) }))
const stream = await streamOf(faces, { count: 40, classes: 4, source: 'faces.rec' })
const ids = (records: { id?: unknown }[]) => records.map(record => record.id)

t.test('record-select', async t => {
  const kept = await run('record-select', ['--labels', '1-3', '--except', '2', '--renumber'], stream)
  t.equal(kept.status, 0)
  t.match(kept.stderr, /^record-select: 20 records, 155 bytes in [\d.]+ s, .*\n$/)
  t.same(ids(kept.records), ids(faces.filter(({ label }) => label % 2 === 1)))
  t.same(new Set(kept.records.map(record => record.label)), new Set([0, 1]))
  const joined = await run('record-select', ['--renumber', '100'], stream)
  t.same([...new Set(joined.records.map(record => record.label))], [100, 101, 102, 103])
  t.same(await run('record-select', [], stream), {
    status: 2,
    stderr: 'record-select: needs --labels, --except, --except-ids or --renumber FIRST (see --help)\n',
    records: [],
  })
  const wrong = await run('record-select', ['--labels', '3-1'], stream)
  t.same([wrong.status, wrong.stderr], [2, "record-select: expected a range of labels that ascends, found '3-1'\n"])
})

t.test('what is said of labels is said once, and an empty dataset is an error', async t => {
  const vectors = faces.map(face => ({ ...face, label: tensorOf(Float32Array.of(face.label, 0.5)) }))
  const unlabelled = { id: 'x', image: Buffer.from('x') }
  const odd = await streamOf([...vectors, unlabelled], { count: 41, classes: 4, source: 'faces.rec' })
  const several = '40 labels are several numbers: the first is taken for the person\n'
  const kept = await run('record-select', ['--labels', '0'], odd)
  t.same([kept.status, kept.records.length], [0, 10])
  t.equal(
    kept.stderr.slice(kept.stderr.indexOf('\n') + 1),
    `record-select: ${several}record-select: left out 1 record without a person: no label, or none that is a whole number of at least 0\n`,
  )
  t.equal((await run('record-select', ['--labels', '0', '--quiet'], odd)).stderr, '')
  const paired = await run('record-pairs', ['--seed', '1'], await streamOf(vectors))
  t.match(paired.stderr, new RegExp(`record-pairs: ${several}$`))

  t.same(await run('record-select', ['--labels', '9'], stream), {
    status: 1,
    stderr: 'record-select: faces.rec: expected a record of the people to keep, found none in 40 records\n',
    records: [],
  })
  t.same(ids((await run('record-select', ['--except-ids', '0-37'], stream)).records), [38, 39])
})

t.test('record-pairs', async t => {
  const paired = await run('record-pairs', ['--seed', '7', '--same', '20', '--different', '30'], stream)
  t.equal(paired.status, 0)
  t.equal(paired.records.length, 100)
  t.match(paired.records[1], { pair: { index: 0, side: 1, same: true } })
  t.match(await run('record-pairs', ['--seed', '7', '--same', '15'], stream), { status: 2, stderr: /a multiple of 10/ })
  t.match(await run('record-pairs', ['--seed', '7', '--same', '9990'], stream), {
    status: 1,
    stderr:
      'record-pairs: faces.rec: expected 9990 same and 9990 different pairs, found 180 and 600 in 40 images of 4 identities\n',
  })
})

t.test('a stream that breaks off fails in one line; a bare one is read when told so', async t => {
  const commands = [
    ['record-select', '--labels', '0-9'],
    ['record-pairs', '--seed', '1'],
  ] as const
  const bare = stream.subarray((await streamOf([], { count: 40, classes: 4, source: 'faces.rec' })).length - endLength)
  for (const [name, ...args] of commands) {
    const broken = await run(name, args, stream.subarray(0, -20))
    t.equal(broken.status, 1)
    t.match(broken.stderr, new RegExp(`^${name}: faces\\.rec: .*stopped .*\\n$`))
    const unframed = await run(name, [...args, '--unframed', '--quiet'], bare.subarray(0, -endLength))
    t.same([unframed.status, unframed.stderr], [0, ''])
    t.ok(unframed.records.length >= 40)
  }
})

// {end: true, count: 40}: one byte each for the map, the two names with their lengths, true and the count.
const endLength = 1 + 4 + 1 + 6 + 1
