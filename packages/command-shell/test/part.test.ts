import t from 'tap'
import { parsePart, partBounds, partOfSizes } from '../src/part.js'

t.test('I/N', t => {
  t.same(parsePart('0/1'), { index: 0, of: 1 })
  t.same(parsePart('63/64'), { index: 63, of: 64 })
  for (const text of ['', '1', '1/1', '2/1', '-1/2', '0/0', '1/2/3', 'a/b', '0.5/2', '1/', '/2', ' 1/2', '1e1/20']) {
    t.throws(() => parsePart(text), { message: /A part is I\/N/ }, text)
  }
  t.end()
})

t.test('parts meet, and are as long as one another', t => {
  for (const total of [0, 1, 7, 100, 12_345_678_901_234]) {
    for (const of of [1, 2, 3, 7, 1000]) {
      let end = 0
      for (let index = 0; index < of; index++) {
        const { from, to } = partBounds(total, { index, of })
        if (from !== end || Math.abs(to - from - total / of) >= 2)
          t.fail(`${index}/${of} of ${total}: ${from} to ${to}`)
        end = to
      }
      t.equal(end, total)
    }
  }
  t.end()
})

t.test('things that cannot be cut: each is in one part, that of its middle', t => {
  const of4 = (sizes: number[]) =>
    Array.from({ length: 4 }, (_, index) => {
      const { from, to } = partOfSizes(sizes, { index, of: 4 })
      return sizes.slice(from, to)
    })
  t.same(of4([1, 1, 1, 1]), [[1], [1], [1], [1]])
  t.same(of4([10, 1, 1, 1, 1, 1, 1]), [[], [10], [1, 1], [1, 1, 1, 1]])
  t.same(of4([5]), [[], [], [5], []])
  t.same(of4([2, 2, 0]), [[], [2], [], [2, 0]], 'one without bytes at the end')
  t.same(of4([0, 0]), [[], [], [], [0, 0]], 'nothing but such ones')
  t.same(of4([]), [[], [], [], []])
  t.end()
})
