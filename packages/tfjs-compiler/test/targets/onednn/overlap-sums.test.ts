/** Where sums over ranks begin, in lists of operations that compute nothing. */
import t from 'tap'
import type { Operation, StepMemory } from '../../../src/targets/onednn/builder.js'
import type { Storage } from '../../../src/targets/onednn/memory-plan.js'
import { overlapSums } from '../../../src/targets/onednn/overlap-sums.js'

const MiB = 2 ** 20
const whole: Storage = { bytes: 4 * MiB, lasting: true }
const part = (offset: number, bytes: number): Storage => ({ bytes, lasting: true, within: { whole, offset } })
// Parameters in the order of the layers; the first two are small.
const [stem, norm, middle, last] = [part(0, 64), part(64, 64), part(128, MiB), part(128 + MiB, 2 * MiB)] as const

const operation = (name: string, reads: Storage[], writes: Storage[], more: Partial<Operation> = {}): Operation => ({
  name,
  reads,
  writes,
  bind: () => () => {},
  ...more,
})
const sumOf = (...storages: Storage[]) => operation('sum', [whole], [whole], { early: { storages, wire: 'f32' } })
const sum = sumOf(stem, norm, middle, last)
const names = (operations: readonly Operation[]) => operations.map(({ name }) => name)

t.test('a bucket begins behind the last that touches it, from the last layer on', async t => {
  const operations = [
    operation('last', [], [last]),
    operation('middle', [], [middle]),
    operation('norm', [], [norm]),
    operation('stem', [], [stem]),
    sum,
    operation('update', [whole], [whole]),
  ]
  t.same(names(overlapSums(operations)), [
    'last',
    'begin sum',
    'middle',
    'begin sum',
    'norm',
    'stem',
    'begin sum',
    'sum',
    'update',
  ])
})

t.test('what reads or rewrites a gradient puts its sum off', async t => {
  const copies = [operation('copy', [last], []), operation('all', [whole], [])]
  for (const [copy, begun] of [
    [copies[0]!, ['last', 'middle', 'begin sum', 'norm', 'stem', 'begin sum', 'copy', 'begin sum', 'sum']],
    [copies[1]!, ['last', 'middle', 'norm', 'stem', 'all', 'begin sum', 'begin sum', 'begin sum', 'sum']],
  ] as const) {
    const made = [
      operation('last', [], [last]),
      operation('middle', [], [middle]),
      operation('norm', [], [norm]),
      operation('stem', [], [stem]),
    ]
    t.same(names(overlapSums([...made, copy, sum])), begun)
  }
})

t.test('sums that do not begin early stay as they are', async t => {
  const operations = [operation('last', [], [last]), operation('sum', [whole], [whole])]
  t.same(overlapSums(operations), operations)
})

t.test('one thread serves all of them, and ends with the executable', async t => {
  const ends: (() => void)[] = []
  const memory = { address: () => 4096n, atEnd: (end: () => void) => ends.push(end) } as unknown as StepMemory
  const operations = [operation('last', [], [last]), operation('middle', [], [middle]), sumOf(middle, last)]
  for (const { bind } of overlapSums(operations)) bind(memory)()
  t.equal(ends.length, 1)
  for (const end of ends) end()
})
