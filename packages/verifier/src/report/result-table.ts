import { cosineOf } from '../pairs/squared-distance.js'
import { FARS, type Verification } from '../verify.js'
import { isTooFine, resultNotes } from './result-notes.js'

/** A verification as the literature prints it: a table for a terminal, and the notes that belong to it. */
export function resultTable(verification: Verification): string {
  const { pairs, same, flip, accuracy, folds, auc, aucExact, eer, tar, xnorm } = verification
  const rows: [name: string, value: string, remark: string][] = [
    ['accuracy', plusMinus(accuracy), `${folds.length} folds`],
    ['threshold', ...thresholdText(folds.map(fold => fold.threshold))],
    ...FARS.map((far): [string, string, string] => {
      const mark = isTooFine(far, verification) ? ' *' : ''
      return [`TAR@FAR=${far}`, plusMinus(tar[far]), `FAR on the folds tested ${tar[far].far.toFixed(4)}${mark}`]
    }),
    ['AUC', auc.toFixed(4), `exact, of all pairs ${aucExact.toFixed(4)}`],
    ['EER', eer.toFixed(4), ''],
    ['norm', xnorm.toFixed(4), 'mean length of the raw embeddings'],
  ]
  const kind = flip ? 'with mirror images' : 'without mirror images'
  const body = rows.map(([name, value, remark]) => `${name.padEnd(14)}${value.padEnd(18)}${remark}`.trimEnd())
  const notes = resultNotes(verification).map((note, i) => (i === 0 && note.startsWith('FAR') ? `* ${note}` : note))
  return `${[`${pairs} pairs, ${same} same and ${pairs - same} different, ${kind}`, ...body, ...notes].join('\n')}\n`
}

function plusMinus({ mean, std }: { mean: number; std: number }): string {
  return `${mean.toFixed(4)} ± ${std.toFixed(4)}`
}

/** The folds' thresholds as one number where they agree, else from the lowest to the highest, and as cosines. */
function thresholdText(thresholds: readonly number[]): [string, string] {
  const low = Math.min(...thresholds)
  const high = Math.max(...thresholds)
  const range = (format: (threshold: number) => string, from: number, to: number) =>
    low === high ? format(from) : `${format(from)} … ${format(to)}`
  return [
    range(threshold => threshold.toFixed(2), low, high),
    `squared distance; cosine ${range(threshold => cosineOf(threshold).toFixed(3), high, low)}`,
  ]
}
