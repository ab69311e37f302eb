import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { encodePng } from '@tiny-face/image-stream'
import t from 'tap'
import { EventWriter, RunEvents } from '../../src/tensorboard/index.js'
import { doublesOf, eventsOf, type Fields, fieldsOf } from './read-events.js'

const text = (value: unknown) => (value as Buffer).toString()
const within = (fields: Fields, ...path: number[]): Fields =>
  path.reduce((inner, field) => fieldsOf(inner.get(field)![0] as Buffer), fields)

t.test('scalars, a histogram and an image come back', async t => {
  const before = Date.now() / 1000
  const writer = new EventWriter(join(t.testdir({}), 'run/tensorboard'))
  const step = 2 ** 40 + 5
  writer.scalars(step, { 'train/loss': 1.5, 'Genauigkeit/顔': 0.1 })
  writer.histogram(200, 'weights/a', Float32Array.of(1, 1, -2, Number.NaN))
  const png = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(18).fill(77) })
  writer.image(0, 'augmented', png)

  // Nothing waits in memory: all is there while the file is still open.
  const [version, scalars, histogram, image, ...more] = eventsOf(writer.file)
  writer.close()
  t.strictSame(more, [])
  for (const event of [version!, scalars!, histogram!, image!]) {
    const [time] = event.get(1) as [number]
    t.ok(time >= before - 1 && time <= Date.now() / 1000 + 1, 'seconds since 1970')
  }
  t.equal(text(version!.get(3)![0]), 'brain.Event:2')

  t.strictSame(scalars!.get(2), [step])
  const values = within(scalars!, 5)
    .get(1)!
    .map(value => fieldsOf(value as Buffer))
  t.strictSame(
    values.map(value => [text(value.get(1)![0]), value.get(2)![0]]),
    [
      ['train/loss', 1.5],
      ['Genauigkeit/顔', Math.fround(0.1)],
    ],
  )

  t.strictSame(histogram!.get(2), [200])
  const histo = within(histogram!, 5, 1, 5)
  t.strictSame(
    [1, 2, 3, 4, 5].map(field => histo.get(field)![0]),
    [-2, 1, 3, 0, 6],
  )
  const [limits, counts] = [6, 7].map(field => doublesOf(histo.get(field)![0] as Buffer)) as [number[], number[]]
  t.equal(limits.length, counts.length)
  t.strictSame(
    counts.filter(count => count > 0),
    [1, 2],
  )

  const picture = within(image!, 5, 1, 4)
  t.strictSame(
    [1, 2, 3].map(field => picture.get(field)![0]),
    [2, 3, 3],
  )
  t.ok((picture.get(4)![0] as Buffer).equals(png))
})

t.test('a run that goes on opens a file behind the others, whose START lets later steps be forgotten', async t => {
  const folder = t.testdir({})
  const names = [undefined, 41, 7].map(from => {
    const writer = new EventWriter(folder, { from })
    writer.scalars(from ?? 1, { a: 1 })
    writer.close()
    return basename(writer.file)
  })
  const pattern = new RegExp(`^events\\.out\\.tfevents\\.\\d{10,}\\.${hostname()}\\.${process.pid}\\.\\d$`)
  for (const name of names) t.match(name, pattern)
  t.strictSame(names, readdirSync(folder).sort(), 'TensorBoard reads them in the order of their names')
  const [, start, scalar] = eventsOf(join(folder, names[1]!))
  t.strictSame(start!.get(2), [41])
  t.strictSame(within(start!, 7).get(1), [1])
  t.strictSame(scalar!.get(2), [41])
})

t.test('a clock that was set back does not hide a file before the others', async t => {
  const folder = t.testdir({ 'events.out.tfevents.9999999998.elsewhere.1.0': '' })
  const writer = new EventWriter(folder)
  writer.close()
  t.match(basename(writer.file), /^events\.out\.tfevents\.9999999999\./)
})

t.test('a bit that is flipped anywhere is found', async t => {
  const writer = new EventWriter(t.testdir({}))
  writer.scalars(3, { loss: 0.25 })
  writer.close()
  const whole = readFileSync(writer.file)
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 1 << (at % 8)
    writeFileSync(writer.file, damaged)
    t.throws(() => eventsOf(writer.file), { name: 'DataError' }, `byte ${at}`)
  }
  // A kill within the last write costs that record, and no other.
  writeFileSync(writer.file, whole.subarray(0, whole.length - 3))
  t.throws(() => eventsOf(writer.file), { name: 'DataError', message: /record 1: .*found the end of the file/ })
})

t.test("a run's figures have the names that TensorBoard groups by", async t => {
  const run = t.testdir({})
  const events = new RunEvents(run, { from: 9 })
  events.step({ step: 9, loss: 3, accuracy: 0.5, learningRate: 0.1, gradientNorm: 7 })
  events.verification(9, 'lfw', {
    accuracy: 0.9,
    deviation: 0.01,
    threshold: 1.5,
    tar: { '1e-1': 0.8, '1e-2': 0.7, '1e-3': 0.6, '1e-4': 0.5 },
    auc: 0.97,
    eer: 0.04,
    norm: 12,
  })
  events.histograms(9, 'weights', Object.entries({ 'stem/kernel': Float32Array.of(1), 'stem/bias': [2] }))
  events.augmented(9, await encodePng({ width: 1, height: 1, pixels: new Uint8Array(3) }))
  events.close()
  const [file] = readdirSync(join(run, 'tensorboard'))
  const [, , ...written] = eventsOf(join(run, 'tensorboard', file!))
  const tags = written.flatMap(event =>
    within(event, 5)
      .get(1)!
      .map(value => text(fieldsOf(value as Buffer).get(1)![0])),
  )
  t.strictSame(tags, [
    'train/loss',
    'train/accuracy',
    'train/learning_rate',
    'train/gradient_norm',
    'accuracy/lfw',
    'tar_at_far_1e-1/lfw',
    'tar_at_far_1e-2/lfw',
    'tar_at_far_1e-3/lfw',
    'tar_at_far_1e-4/lfw',
    'auc/lfw',
    'eer/lfw',
    'threshold/lfw',
    'embedding_norm/lfw',
    'weights/stem/kernel',
    'weights/stem/bias',
    'augmented',
  ])
})
