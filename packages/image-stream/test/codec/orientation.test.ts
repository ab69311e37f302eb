import { test } from 'tap'
import { storedWindow, turnUpright } from '../../src/codec/orientation.js'
import type { Pixels } from '../../src/index.js'

/** TIFF 6.0, tag 274, of a picture whose upright rows are `a b c` and `d e f`: its rows as each orientation stores them. */
const STORED = {
  1: ['abc', 'def'],
  2: ['cba', 'fed'],
  3: ['fed', 'cba'],
  4: ['def', 'abc'],
  5: ['ad', 'be', 'cf'],
  6: ['cf', 'be', 'ad'],
  7: ['fc', 'eb', 'da'],
  8: ['da', 'eb', 'fc'],
}

function picture(rows: string[]): Pixels {
  const bytes = [...rows.join('')].flatMap(letter => [letter.charCodeAt(0), 0, 1])
  return { pixels: Uint8Array.from(bytes), height: rows.length, width: rows[0]!.length }
}

test('a picture that is stored in any of the eight ways is seen upright', async t => {
  for (const [orientation, rows] of Object.entries(STORED)) {
    t.strictSame(turnUpright(picture(rows), Number(orientation)), picture(['abc', 'def']), `orientation ${orientation}`)
  }
})

test('a part of the upright picture is found in the stored one', async t => {
  // The part with b and c, and that with f alone.
  const parts = [
    { window: { left: 1, top: 0, width: 2, height: 1 }, rows: ['bc'] },
    { window: { left: 2, top: 1, width: 1, height: 1 }, rows: ['f'] },
  ]
  for (const [orientation, rows] of Object.entries(STORED)) {
    for (const part of parts) {
      const size = picture(rows)
      const { left, top, width, height } = storedWindow(part.window, size, Number(orientation))
      const cut = rows.slice(top, top + height).map(row => row.slice(left, left + width))
      t.strictSame(turnUpright(picture(cut), Number(orientation)), picture(part.rows), `orientation ${orientation}`)
    }
  }
})
