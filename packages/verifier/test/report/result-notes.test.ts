import { test } from 'tap'
import { resultNotes } from '../../src/report/result-notes.js'
import { verify } from '../../src/verify.js'
import { measuredPairs } from '../pairs.js'

const notesOf = (count: number, distance: (i: number, same: boolean) => number, same = (i: number) => i % 2 === 0) =>
  resultNotes(verify(measuredPairs(count, i => ({ same: same(i), distance: distance(i, same(i)) }))))
const has = (notes: string[], pattern: RegExp) => notes.some(note => pattern.test(note))

/** Apart, and no two at one distance. */
const spread = (i: number, same: boolean) => (same ? 0.2 : 1.2) + ((i * 7919) % 60_000) / 6e4

test('many good pairs need only the note on the rates that take more', async t => {
  const notes = notesOf(60_000, spread)
  t.equal(notes.length, 2, notes.join('\n'))
  t.match(notes[0], /^FAR 1e-5, 1e-6: finer than 30000 different pairs can tell/)
  t.match(
    notes[1],
    /^FAR 1e-4: rests on fewer than 10 false accepts, .* 10 at FAR 1e-4 take 100000 different pairs; there are 30000\.$/,
  )
})

test('all pairs at one distance', async t => {
  const notes = notesOf(100, () => 1.25)
  t.ok(has(notes, /^All pairs lie at one distance, 1\.25: the network tells nobody apart/))
  t.notOk(has(notes, /many different pairs/), 'which says the same less well')
  t.notOk(
    has(
      notesOf(100, i => (i === 7 ? 1.2 : 1.25)),
      /^All pairs/,
    ),
  )
})

test('different pairs at almost one distance', async t => {
  const notes = notesOf(60_000, (i, same) => (same ? spread(i, same) : 1.2))
  t.ok(has(notes, /^FAR 1e-2, 1e-3, 1e-4, 1e-5, 1e-6: many different pairs lie at almost one distance/))
})

test('a rate that no threshold reaches, and pairs beyond all thresholds', async t => {
  const notes = notesOf(1000, (i, same) => (same ? 1 : i % 100 === 1 ? 2 : 9))
  t.ok(has(notes, /^FAR 1e-1: so many different pairs are accepted by no threshold up to 3\.999 in 10 of 10 folds/))
  t.ok(has(notes, /^490 of 1000 pairs are farther apart than 3\.999/))
})

test('folds that lack a kind', async t => {
  const notes = notesOf(100, spread, i => i % 2 === 0 && i >= 10 && i < 90)
  t.ok(has(notes, /^Fold 1, 10: no genuine pair, so pairs of one kind only/))
  t.notOk(has(notes, /no impostor pair/))
  t.ok(
    has(
      notesOf(100, spread, i => i < 20 || i % 2 === 0),
      /^Fold 1, 2: no impostor pair/,
    ),
  )
})
