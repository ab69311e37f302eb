import type { TrainingConfig } from '../config.js'
import type { DryRun } from './dry-run.js'

/** A dry run's figures for people: a table of layers, and a few lines. */
export function dryRunText(config: TrainingConfig, { layers, memory, ...times }: DryRun): string {
  const { secondsOfStep, stepsOfEpoch, steps } = times
  const total = (of: 'parameters' | 'multiplyAdds') => layers.reduce((sum, layer) => sum + layer[of], 0)
  const rows = [
    ['layer', 'output', 'parameters', 'multiply-adds'],
    ...layers.map(({ name, shape, parameters, multiplyAdds }) => [
      name,
      shape.join('x'),
      count(parameters),
      count(multiplyAdds),
    ]),
    ['all', '', count(total('parameters')), count(total('multiplyAdds'))],
  ]
  const { batchSize, accumulate, engine, precision, images, classes, sampleRate } = config
  const rate = digits(batchSize / secondsOfStep)
  const parts = accumulate === 1 ? '' : ` in ${accumulate} parts`
  const sampled = sampleRate === 1 ? '' : `, of whom ${layers.at(-1)!.shape[0]} take part in a step`
  return [
    ...table(rows),
    '',
    `data      ${count(images)} images of ${count(classes)} people${sampled}`,
    `step      ${batchSize} images${parts}: ${duration(secondsOfStep)}, ${rate} images/s (${engine}, ${precision}; measured on made-up images)`,
    `epoch     ${count(stepsOfEpoch)} steps: ${duration(stepsOfEpoch * secondsOfStep)}`,
    `run       ${count(steps)} steps: ${duration(steps * secondsOfStep)}, without verification and checkpoints`,
    `memory    ${bytes(memory.state)} of state: parameters, statistics, what the optimiser keeps`,
    `          ${bytes(memory.activations)} of values alive at once in a step, at most (by its graph, in float32)`,
    `          ${bytes(memory.measured)} in all (measured: the most that this process took, Node.js and engine included)`,
    '',
  ].join('\n')
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(([name, ...cells]) =>
    [name!.padEnd(widths[0]!), ...cells.map((cell, i) => cell.padStart(widths[i + 1]!))].join('  ').trimEnd(),
  )
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function bytes(value: number): string {
  return value < 1e9 ? `${digits(value / 1e6)} MB` : `${digits(value / 1e9)} GB`
}

/** `250 ms`, `3.2 s`, `14 min`, `5.1 h`, `27 days`. */
function duration(seconds: number): string {
  for (const [unit, length, below] of [
    ['ms', 1e-3, 1],
    ['s', 1, 100],
    ['min', 60, 5400],
    ['h', 3600, 172_800],
  ] as const)
    if (seconds < below) return `${digits(seconds / length, 2)} ${unit}`
  return `${digits(seconds / 86_400, 2)} days`
}

/** So many digits, or all before the point where there are more. */
function digits(value: number, wanted = 3): string {
  return value >= 10 ** (wanted - 1) ? `${Math.round(value)}` : value.toPrecision(wanted)
}
