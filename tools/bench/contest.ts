// One row of ours against others, and what can be said besides of the same runs: the first step, the memory.
import { median } from './pairs.js'
import type { Row } from './table.js'
import { type Contestant, type Measured, NotHere, type Turns, takeTurns } from './turns.js'

export interface Contest {
  /** What both do, for the table. */
  task: string
  /** Images of a step. */
  batch: number
  ours: Contestant
  /** We are measured by the fastest of them. */
  theirs: readonly Contestant[]
  /** Our images/s by theirs; none where the row only informs. */
  goal?: number
  /** Adds rows of the first step and of the memory. */
  andBesides?: boolean
}

/** A first step by a later one. */
const FIRST_STEP_GOAL = 1.5
/** Our peak of memory by theirs. */
const MEMORY_GOAL = 0.8

export async function contestRows(contest: Contest, turns: Turns): Promise<Row[]> {
  const { task, batch, ours, theirs, goal, andBesides = false } = contest
  const [mine, ...others] = await takeTurns([ours, ...theirs], turns)
  const [best, rival] = fastest(theirs, others)
  const measure = `${task}: ${ours.name} by ${rival.name}`
  if (mine instanceof NotHere) return [{ measure, figure: mine.message }]
  const figure = (one: Measured) => (batch / median(one.rounds)).toPrecision(3)
  if (best instanceof NotHere) return [{ measure, figure: `${figure(mine!)} images/s; ${rival.name}: ${best.message}` }]
  const ratio = median(mine!.rounds.map((seconds, round) => best.rounds[round]! / seconds))
  const row: Row = {
    measure,
    figure: `${figure(mine!)} by ${figure(best)} images/s`,
    ratio,
    ...(goal !== undefined && { goal: `at least ${goal}x`, met: ratio >= goal }),
  }
  return andBesides ? [row, firstStepRow(task, ours, mine!), ...memoryRow(measure, mine!, best)] : [row]
}

function fastest(programs: readonly Contestant[], found: readonly (Measured | NotHere)[]) {
  const seconds = (one: Measured | NotHere) => (one instanceof NotHere ? Number.POSITIVE_INFINITY : median(one.rounds))
  const order = found.map((_, i) => i).sort((a, b) => seconds(found[a]!) - seconds(found[b]!))
  return [found[order[0]!]!, programs[order[0]!]!] as const
}

function firstStepRow(task: string, { name }: Contestant, { ready, rounds }: Measured): Row {
  const later = median(rounds)
  const ratio = ready.first / later
  return {
    measure: `${task}: ${name}, first step by a later one`,
    figure: `${ready.first.toFixed(2)} s by ${later.toFixed(2)} s`,
    ratio,
    goal: `at most ${FIRST_STEP_GOAL}x`,
    met: ratio <= FIRST_STEP_GOAL,
  }
}

function memoryRow(measure: string, mine: Measured, theirs: Measured): Row[] {
  if (mine.peak === undefined || theirs.peak === undefined) return []
  const ratio = mine.peak / theirs.peak
  const [a, b] = [mine.peak, theirs.peak].map(bytes => (bytes / 1e9).toFixed(2))
  return [
    {
      measure: `${measure}, peak memory`,
      figure: `${a} GB by ${b} GB`,
      ratio,
      goal: `at most ${MEMORY_GOAL}x`,
      met: ratio <= MEMORY_GOAL,
    },
  ]
}
