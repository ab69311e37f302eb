import t from 'tap'
import { Random } from '../../src/augment/random.js'
import { drawShift, translate } from '../../src/augment/translate.js'

/** Pixels that are named by their value. */
const image = (rows: readonly (readonly number[])[]) => ({
  pixels: Uint8Array.from(rows.flat().flatMap(value => [value, value, value])),
  height: rows.length,
  width: rows[0]!.length,
})

const IMAGE = image([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
])

t.test('moves by whole pixels, black behind it', async t => {
  const moved = (right: number, down: number) => translate(IMAGE, { right, down })
  t.strictSame(
    moved(1, 0),
    image([
      [0, 1, 2],
      [0, 4, 5],
      [0, 7, 8],
    ]),
  )
  t.strictSame(
    moved(-1, 2),
    image([
      [0, 0, 0],
      [0, 0, 0],
      [2, 3, 0],
    ]),
  )
  t.strictSame(
    moved(0, -1),
    image([
      [4, 5, 6],
      [7, 8, 9],
      [0, 0, 0],
    ]),
  )
  t.strictSame(
    moved(3, 0),
    image([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]),
  )
  t.strictSame(moved(0, 0), IMAGE)
})

t.test('every shift within the bounds is drawn, none beyond', async t => {
  const size = { pixels: new Uint8Array(), height: 100, width: 60 }
  const shifts = Array.from({ length: 2000 }, (_, record) =>
    drawShift(new Random({ seed: 1, epoch: 0, record }, 0), { shift: 0.05 }, size),
  )
  const all = (values: number[]) => [...new Set(values)].sort((a, b) => a - b)
  t.strictSame(all(shifts.map(({ right }) => right)), [-3, -2, -1, 0, 1, 2, 3])
  t.strictSame(all(shifts.map(({ down }) => down)), [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5])
})
