import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { countLabels, labelRanks, readLabelRanges, withoutLabels } from '../src/index.js'

t.test('labels and ranges in any order, overlapping or touching', t => {
  t.same(readLabelRanges('7'), [{ first: 7, last: 7 }])
  t.same(readLabelRanges('35, 0-29'), [
    { first: 0, last: 29 },
    { first: 35, last: 35 },
  ])
  t.same(readLabelRanges('5-9,0-3,4,8-12,10'), [{ first: 0, last: 12 }])
  t.end()
})

t.test('a file of one a line, whatever its line ends: more than a command line holds', t => {
  const file = join(t.testdir(), 'labels.txt')
  writeFileSync(file, '7\r\n0-2\n3\n\n')
  t.same(readLabelRanges(`@${file}`), [
    { first: 0, last: 3 },
    { first: 7, last: 7 },
  ])
  writeFileSync(file, Array.from({ length: 50_000 }, (_, i) => `${2 * i}\n`).join(''))
  t.equal(readLabelRanges(`@${file}`).length, 50_000)
  writeFileSync(file, '')
  t.throws(() => readLabelRanges(`@${file}`), {
    name: 'UsageError',
    message: `${file}: expected a label on each line, found an empty file`,
  })
  writeFileSync(file, '1\nAnn\n')
  t.throws(() => readLabelRanges(`@${file}`), { name: 'UsageError', message: /found 'Ann'$/ })
  t.end()
})

t.test('anything else is a usage error', t => {
  for (const text of ['', 'a', '1-', '-1', '1,,2', '3-2', '1.5', '1e3', '99999999999999999999']) {
    t.throws(() => readLabelRanges(text), {
      name: 'UsageError',
      message: new RegExp(`found '${text.split(',')[1] ?? text}'`),
    })
  }
  t.end()
})

t.test('set arithmetic agrees with sets', t => {
  const setOf = (text: string) =>
    new Set(
      Array.from({ length: 40 }, (_, label) => label).filter(label =>
        text.split(',').some(part => {
          const [first, last = first] = part.split('-').map(Number)
          return label >= first! && label <= last!
        }),
      ),
    )
  for (const [keep, except] of [
    ['0-39', '5'],
    ['0-9,20-29', '5-24'],
    ['3', '3'],
    ['1,3,5-7', '0,6,30'],
    ['10-20', '0-9,21-39'],
    ['0-39', '0,39,10-12'],
  ] as const) {
    const ranges = withoutLabels(readLabelRanges(keep), readLabelRanges(except))
    const left = setOf(except)
    const expected = [...setOf(keep)].filter(label => !left.has(label))
    t.equal(countLabels(ranges), expected.length)
    t.same(
      Array.from({ length: 41 }, (_, label) => labelRanks(ranges)(label)),
      Array.from({ length: 41 }, (_, label) => expected.indexOf(label)),
      `${keep} without ${except}`,
    )
  }
  t.end()
})

t.test('thousands of ranges take no time to speak of', t => {
  const every = (step: number) => readLabelRanges(Array.from({ length: 50_000 }, (_, i) => step * i).join(','))
  const rankOf = labelRanks(withoutLabels(every(2), every(4)))
  t.same([2, 6, 4, 3, 99_998].map(rankOf), [0, 1, -1, -1, 24_999])
  t.end()
})
