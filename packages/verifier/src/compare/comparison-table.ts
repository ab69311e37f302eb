import { FARS } from '../verify.js'
import type { Comparison, Difference } from './compare-results.js'

/** A comparison for a terminal. */
export function comparisonTable(comparison: Comparison, names: readonly [string, string], different: number): string {
  const { pairs, accuracy, eer, tars, onlyFirst, onlySecond, p, samples, level, seed } = comparison
  // What the pairs are too few to tell from 0 would only repeat the row above.
  const told = FARS.map((far, i): [string, Difference] => [`TAR@FAR=${far}`, tars[i]!]).filter(
    (_, i) => Number(FARS[i]) * different >= 1,
  )
  const rows = [
    ['', 'a', 'b', 'a - b', `${level * 100}% of a - b`],
    ...[['accuracy', accuracy], ['EER', eer], ...told].map(([name, of]) => row(name as string, of as Difference)),
  ]
  return `a  ${names[0]}
b  ${names[1]}
${pairs} pairs that both decided

${rows
  .map(cells =>
    cells
      .map((cell, i) => cell.padEnd(i === 0 ? 14 : 10))
      .join('')
      .trimEnd(),
  )
  .join('\n')}

McNemar's exact test: p = ${p < 1e-4 ? p.toExponential(1) : p.toFixed(4)}. a alone is right on ${onlyFirst} pairs, b alone on ${onlySecond}.
${verdict(comparison)}
${level * 100}% intervals: bootstrap of pairs, ${samples} samples, seed ${seed}.
`
}

function row(name: string, { first, second, interval }: Difference): string[] {
  const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`
  return [
    name,
    first.toFixed(4),
    second.toFixed(4),
    signed(first - second),
    `${signed(interval.low)} … ${signed(interval.high)}`,
  ]
}

function verdict({ p, onlyFirst, onlySecond }: Comparison): string {
  if (p >= 0.05) return 'These pairs do not tell which of them decides rightly more often.'
  return `${onlyFirst > onlySecond ? 'a' : 'b'} decides rightly more often, by more than chance (p < 0.05).`
}
