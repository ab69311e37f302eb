import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodePng } from '@tiny-face/image-stream'
import { type Label, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { openShards, writeShards } from '@tiny-face/tfrecord-stream'
import t from 'tap'
import { checkLabels, openTrainingSet } from '../src/index.js'

const MANY = Array.from({ length: 300 }, (_, i) => 1000 * i)

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
      '{ tfrecord-dump faces; OTHERS | record-select --renumber 5; } | tfrecord-write --out DIR adds others',
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
  const long = faultOf(MANY)
  t.ok(long.length < 500, 'a long list is left to the shell')
  t.match(long, '--labels "$(tfrecord-dump faces | record-json | jq .label | sort -n | uniq | paste -sd,)" --renumber')
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

const hasJq = () => {
  try {
    execFileSync('jq', ['--version'])
    return true
  } catch {
    return false
  }
}

async function shardsOf(folder: string, labels: readonly Label[]): Promise<void> {
  const image = await encodePng({ pixels: new Uint8Array(3), height: 1, width: 1 })
  writeShards(
    labels.map(label => ({ label, image })),
    { folder, shards: 1 },
  )
}

/** The command that an error about shards in `faces` names, with a folder for the result. */
const mendingOf = (folder: string) => {
  const shards = openShards(join(folder, 'faces'))
  const { count, several } = shards
  const labels = Array.from({ length: count }, (_, i) => shards.label(i))
  shards.close()
  return /; (.*) closes the gaps$/.exec(faultOf(labels, { several }))![1]!.replace('--out DIR', '--out mended')
}

t.test('the command that closes gaps does', async t => {
  const folder = t.testdir()
  await shardsOf(join(folder, 'faces'), [0, 1, 200_000, 0, 1, 200_000])
  shell(mendingOf(folder), folder)
  const set = openTrainingSet([join(folder, 'mended')])
  t.equal(set.classes, 3)
  t.strictSame(
    Array.from({ length: set.count }, (_, i) => set.label(i)),
    [0, 1, 2, 0, 1, 2],
  )
  t.strictSame([set.id(0), set.id(5)], ['0', '5'])
  set.close()
})

t.test(
  'also where the list is long and labels are several numbers',
  { skip: hasJq() ? false : 'needs jq' },
  async t => {
    const folder = t.testdir()
    const labels = MANY.map(label => tensorOf(Float32Array.of(label, 0.5)))
    await shardsOf(join(folder, 'faces'), labels)
    shell(mendingOf(folder), folder)
    const set = openTrainingSet([join(folder, 'mended')])
    t.equal(set.classes, 300)
    t.strictSame(
      Array.from({ length: set.count }, (_, i) => set.label(i)),
      MANY.map((_, i) => i),
    )
    set.close()
  },
)
