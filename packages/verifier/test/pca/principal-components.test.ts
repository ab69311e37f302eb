import { test } from 'tap'
import { addTo, noMoments, principalComponents, projected, without } from '../../src/pca/principal-components.js'

const moments = (vectors: number[][]) =>
  vectors.reduce((sum, vector) => addTo(sum, Float64Array.from(vector)), noMoments(3))
// Around (1, 2, 3), twice as far along (3, 4, 0) / 5 as along (0, 0, 1).
const CROSS = [
  [1 + 1.2, 2 + 1.6, 3],
  [1 - 1.2, 2 - 1.6, 3],
  [1, 2, 4],
  [1, 2, 2],
]

test('the axes of the largest spread, around the mean', async t => {
  const { mean, axes } = principalComponents(moments(CROSS), 2)
  t.strictSame(
    [...mean].map(value => Number(value.toFixed(12))),
    [1, 2, 3],
  )
  const rounded = axes.map(axis => [...axis].map(value => Number(Math.abs(value).toFixed(12))))
  t.strictSame(rounded, [
    [0.6, 0.8, 0],
    [0, 0, 1],
  ])
})

test('the same of a part, by taking the rest away', async t => {
  const rest = [
    [9, -4, 2],
    [0.5, 0.25, 7],
  ]
  const part = without(moments([...rest, ...CROSS]), moments(rest))
  t.equal(part.count, 4)
  const [axes, expected] = [part, moments(CROSS)].map(of => principalComponents(of, 1).axes[0]!)
  for (const [i, value] of axes!.entries()) t.ok(Math.abs(Math.abs(value) - Math.abs(expected![i]!)) < 1e-12)
})

test('a projected vector has length 1, but where it is the mean', async t => {
  const along = principalComponents(moments(CROSS), 2)
  t.ok(Math.abs(Math.hypot(...projected(along, Float64Array.of(5, 5, 5))) - 1) < 1e-12)
  t.strictSame(
    [...projected({ ...along, mean: Float64Array.of(1, 2, 3) }, Float64Array.of(1, 2, 3))].map(Math.abs),
    [0, 0],
  )
})
