import { test } from 'tap'
import { MAX_COPIES, MAX_DEPTH, MAX_VALUES, type PickleValue, readPickle } from '../src/index.js'
import { pickle, uint } from './assemble.js'

test('deep nesting ends at the limit', async t => {
  const lists = (depth: number) => pickle(']'.repeat(depth), 'a'.repeat(depth - 1), '.')
  t.ok(readPickle(lists(MAX_DEPTH)))
  const message = `byte ${MAX_DEPTH - 1}: expected containers at most ${MAX_DEPTH} deep, found deeper ones`
  t.throws(() => readPickle(lists(MAX_DEPTH + 1)), { name: 'PickleError', message })
  t.throws(() => readPickle(lists(1_000_000)), { name: 'PickleError', message })
  t.throws(() => readPickle(pickle(')', '\x85'.repeat(1_000_000), '.')), { name: 'PickleError' })
  t.throws(() => readPickle(pickle('('.repeat(1_000_000), '.')), { name: 'PickleError', message: /open marks/ })
  // A list that was seen at a small depth is measured again where it stands deeper.
  const shared = pickle('](', ']'.repeat(200), 'a'.repeat(199), 'p0\n', ']'.repeat(100), 'g0\n', 'a'.repeat(100), 'e.')
  t.throws(() => readPickle(shared), { name: 'PickleError', message: /at most 256 deep/ })
})

test('a value inside itself is refused where it was made', async t => {
  t.throws(() => readPickle(pickle('](]q', 0, 'h', 0, 'ae.')), {
    message: 'byte 2: expected a value that ends, found a list of 1 inside itself',
  })
  t.throws(() => readPickle(pickle('}q', 0, 'Nh', 0, 's.')), {
    message: 'byte 0: expected a value that ends, found a dict of 1 inside itself',
  })
})

test('a billion laughs stay a handful of lists', async t => {
  const laugh = (level: number) => pickle(']q', level, '(', ...Array(10).fill(pickle('h', level - 1)), 'e0')
  const levels = Array.from({ length: 30 }, (_, i) => laugh(i + 1))
  let value = readPickle(pickle(']q', 0, '0', ...levels, 'h', 30, '.')) as PickleValue[]
  for (let level = 0; level < 30; level++) {
    t.equal(value.length, 10)
    value = value[9] as PickleValue[]
  }
  t.strictSame(value, [])
})

test('a few bytes cannot ask for many copies or values', async t => {
  const repeated = (count: number, ...parts: (string | number)[]) => pickle(...Array(count).fill(pickle(...parts)))
  const refused = (bytes: Uint8Array, message: RegExp) =>
    t.throws(() => readPickle(bytes), { name: 'PickleError', message })

  const text = pickle('X', uint(4, 100_000), 'x'.repeat(100_000), 'X', uint(4, 6), 'latin1', 0x86, 'q', 1, '0')
  const copies = (count: number) =>
    pickle('c_codecs\nencode\nq', 0, '0', text, repeated(count, 'h', 0, 'h', 1, 'R0'), 'N.')
  t.equal(readPickle(copies(MAX_COPIES)), null)
  refused(copies(MAX_COPIES + 1), /bytes copied/)

  const members = pickle('](', 'N'.repeat(1000), 'e', 0x85, 'q', 1, '0')
  refused(pickle('c__builtin__\nset\nq', 0, '0', members, repeated(5_000, 'h', 0, 'h', 1, 'R0')), /at most \d+ values/)
  refused(pickle('N'.repeat(1.02 * MAX_VALUES)), /at most \d+ values/)
  refused(pickle('}'.repeat(1_200_000)), /objects/)
  refused(pickle('N', '\x94'.repeat(1_200_000)), /memo entries/)
})
