import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodePng } from '@tiny-face/image-stream'
import { type Label, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { openShards, writeShards } from '@tiny-face/tfrecord-stream'
import t from 'tap'
import { hasJq } from '../../../test/has-jq.js'
import { checkLabels, openTrainingSet } from '../src/index.js'

const setOf = (labels: readonly number[], { classes = Math.max(-1, ...labels) + 1, several = 0 } = {}) => ({
  count: labels.length,
  classes,
  source: 'faces',
  several,
  dump: 'tfrecord-dump faces',
  label: (i: number) => labels[i]!,
})

function faultOf(labels: readonly number[], options = {}): string {
  try {
    checkLabels(setOf(labels, options))
  } catch (error) {
    if (error instanceof DataError) return error.message
    throw error
  }
  return 'none'
}

t.test('nothing is said of a set as it should be', async t => {
  t.strictSame(checkLabels(setOf([0, 1, 2, 0, 1, 2])), [])
})

t.test('what nothing can be learnt from', async t => {
  t.equal(faultOf([]), 'faces: expected labelled images, found none')
  t.equal(
    faultOf([4, 4, 4]),
    'faces: expected images of two people at least, to tell them apart, found only person 4; ' +
      '{ tfrecord-dump faces | record-select --labels 4 --renumber; OTHERS | record-select --renumber 1; } | ' +
      'tfrecord-write --out DIR adds others',
  )
  t.equal(
    faultOf([0, 1, 5], { classes: 5 }),
    'faces: record 2: expected labels below 5, the number of classes, found 5',
  )
})

t.test('gaps that would make most of the head for nobody, at once whatever the label', async t => {
  const command = (labels: string) =>
    `tfrecord-dump faces | record-select --labels ${labels} --renumber | tfrecord-write --out DIR closes the gaps`
  const labels = [0, 1, 2, 3]
  for (const last of [200_000, 2_000_000_000, 2 ** 50]) {
    t.equal(
      faultOf([...labels, ...labels, last]),
      `faces: expected a person for nearly every label, found 5 people for labels up to ${last}; ${command(`0-3,${last}`)}`,
    )
  }
  t.match(faultOf([0, 1], { classes: 2_000_000_000 }), 'found 2 people for labels up to 1999999999')
  t.equal(faultOf([0, 3]), 'none', 'half of the labels are in use')
  t.match(faultOf([0, 4]), /2 people/)
  const long = faultOf(Array.from({ length: 300 }, (_, i) => 1000 * i))
  t.equal(
    long,
    'faces: expected a person for nearly every label, found 300 people for labels up to 299000; ' +
      `tfrecord-dump faces | record-json | jq .label | sort -nu >labels.txt; ${command('@labels.txt')}`,
    'a long list goes into a file',
  )
})

t.test('remarks on what can be trained on all the same', async t => {
  t.strictSame(checkLabels(setOf([0, 0, 1, 1, 3, 3])), [
    '1 of 4 people have no image: tfrecord-dump faces | record-select --labels 0-1,3 --renumber | tfrecord-write --out DIR leaves them out',
  ])
  t.strictSame(checkLabels(setOf([0, 1, 1, 2, 2, 3])), [
    '2 of 4 people have one image each, of which little is learnt: ' +
      'tfrecord-dump faces | record-select --labels 1-2 --renumber | tfrecord-write --out DIR leaves them out',
  ])
  t.strictSame(checkLabels(setOf([0, 1])), ['2 of 2 people have one image each, of which little is learnt'])
  t.strictSame(checkLabels(setOf([0, 0, 1, 1], { several: 3 })), [
    '3 labels are several numbers: the first is taken for the person',
  ])
})

const shell = (command: string, cwd: string) => {
  const bin = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
  execFileSync('sh', ['-c', command], {
    cwd,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: 'pipe',
  })
}

async function shardsOf(folder: string, labels: readonly Label[]): Promise<void> {
  const image = await encodePng({ pixels: new Uint8Array(3), height: 1, width: 1 })
  writeShards(
    labels.map(label => ({ label, image })),
    { folder, shards: 1 },
  )
}

/** The set of the shards in `faces`, and its labels. */
function facesIn(folder: string) {
  const shards = openShards(join(folder, 'faces'))
  const { count, several } = shards
  const labels = Array.from({ length: count }, (_, i) => shards.label(i))
  shards.close()
  return { ...setOf(labels, { several }), labels }
}

/** Runs a command that a message names, and reads what is then in `mended`. */
function mended(folder: string, message: string, wanted: RegExp) {
  const [, command] = wanted.exec(message) ?? []
  shell(command!.replace('--out DIR', '--out mended'), folder)
  const set = openTrainingSet([join(folder, 'mended')])
  const { classes, several, count } = set
  const [labels, ids] = [set.label, set.id].map(of => Array.from({ length: count }, (_, i) => of(i)))
  set.close()
  return { classes, several, labels, ids }
}

t.test('the command that closes gaps does', async t => {
  const folder = t.testdir()
  await shardsOf(join(folder, 'faces'), [0, 1, 200_000, 0, 1, 200_000])
  t.strictSame(mended(folder, faultOf(facesIn(folder).labels), /; (.*) closes the gaps$/), {
    classes: 3,
    several: 0,
    labels: [0, 1, 2, 0, 1, 2],
    ids: ['0', '1', '2', '3', '4', '5'],
  })
})

t.test('the commands of remarks do what they say', async t => {
  for (const [labels, kept] of [
    [
      [0, 0, 1, 1, 3, 3],
      [0, 0, 1, 1, 2, 2],
    ],
    [
      [0, 1, 1, 2, 2, 3],
      [0, 0, 1, 1],
    ],
  ]) {
    const folder = t.testdir()
    await shardsOf(join(folder, 'faces'), labels!)
    const [remark] = checkLabels(facesIn(folder))
    t.strictSame(mended(folder, remark!, /: (.*) leaves them out$/).labels, kept)
    rmSync(join(folder, 'mended'), { recursive: true })
  }
})

t.test('the command that adds others to a single person does', async t => {
  const folder = t.testdir()
  await shardsOf(join(folder, 'faces'), [4, 4])
  await shardsOf(join(folder, 'others'), [0, 0, 1, 1])
  const fault = faultOf(facesIn(folder).labels).replace('OTHERS', 'tfrecord-dump others')
  t.strictSame(mended(folder, fault, /; (\{ .*) adds others$/).labels, [0, 0, 1, 1, 2, 2])
})

t.test('also where labels are several numbers', async t => {
  const folder = t.testdir()
  const labels = [0, 1, 200_000].map(label => tensorOf(Float32Array.of(label, 0.5)))
  await shardsOf(join(folder, 'faces'), labels)
  const { several, ...set } = facesIn(folder)
  const found = mended(folder, faultOf(set.labels, { several }), /; (.*) closes the gaps$/)
  t.match(found, { classes: 3, several: 3, labels: [0, 1, 2] }, 'the other numbers stay')
})

t.test('and where people are more than a command line has room for', { skip: hasJq ? false : 'needs jq' }, async t => {
  const PEOPLE = 20_000
  const folder = t.testdir()
  const label = (person: number) => (person % 2 === 0 ? tensorOf(Float32Array.of(800 * person, 0.5)) : 800 * person)
  await shardsOf(
    join(folder, 'faces'),
    Array.from({ length: PEOPLE }, (_, person) => label(person)),
  )
  const { several, labels } = facesIn(folder)
  t.ok(labels.join(',').length > 2 ** 17, 'the longest argument that Linux takes')
  const found = mended(folder, faultOf(labels, { several }), /; (tfrecord-dump .*) closes the gaps$/)
  t.strictSame(
    found.labels,
    labels.map((_, i) => i),
  )
})

t.test('and where those with more than one image are a long list', { skip: hasJq ? false : 'needs jq' }, async t => {
  const folder = t.testdir()
  const people = Array.from({ length: 120 }, (_, i) => i)
  await shardsOf(join(folder, 'faces'), [...people, ...people.filter(person => person % 2 === 0)])
  const [remark] = checkLabels(facesIn(folder))
  const found = mended(folder, remark!, /learnt: (.*) leaves them out$/)
  t.strictSame(found.labels, [...people.slice(0, 60), ...people.slice(0, 60)])
})
