import {
  dataTable,
  escaped,
  type Figure,
  figureList,
  grouped,
  page,
  percent,
  settingsList,
} from '@tiny-face/report-page'
import type { TrainingConfig } from '../config.js'
import { stepsPerEpoch } from '../steps-per-epoch.js'
import { type CurveChart, curveChart } from './curve-chart.js'
import { duration } from './duration.js'
import type { RunHistory, Spent, StepColumn, VerificationLine } from './run-history.js'
import { STYLE } from './style.js'

/** Steps over which the loss at the head is a mean: one batch alone says little. */
const LAST_STEPS = 100

/**
 * A run as one self-contained HTML page: curves inline, no scripts, nothing fetched. The same files of a run give the same bytes.
 *
 * @param name what the page calls the run
 */
export function trainingPage(name: string, history: RunHistory): string {
  const { config, verifications } = history
  const body = `<header>
<h1>Training run</h1>
<p>${escaped([name, ...about(config)].join(' · '))}</p>
</header>
${headFigures(history)}
<div class="columns">
${curves(history).map(curveChart).join('\n')}
${timeTable(history)}
</div>
${verifications.size === 0 ? '' : verificationTable(history)}
${settingsList(flat({ ...config }))}
<footer>
<p>A line goes through the means of the steps that share a place on the axis; the band reaches from the lowest of them to the highest.
Accuracy in training is the share of a batch that is nearest to its own centre, before the margin.</p>
</footer>`
  return page({ title: `Training run: ${name}`, style: STYLE, body })
}

function about({ network, images, classes, engine, precision }: TrainingConfig): string[] {
  return [network, `${grouped(images)} images of ${grouped(classes)} people`, `engine ${engine}, ${precision}`]
}

function headFigures(history: RunHistory): string {
  const { config, steps, times } = history
  const last = steps.step.at(-1) ?? 0
  const done = plain(last / stepsPerEpoch(config))
  const epochs = `${done} ${done === '1' ? 'epoch' : 'epochs'}`
  const recent = steps.loss.slice(-LAST_STEPS).filter(Number.isFinite)
  const figures: Figure[] = [
    ['Steps', grouped(last), `of ${grouped(config.steps)}, ${epochs}`],
    ['Loss', plain(mean(recent)), recent.length === 1 ? 'of the only step' : `mean of the last ${recent.length} steps`],
  ]
  const chosen = bestSet(history)
  if (chosen !== undefined) {
    const { step, accuracy, deviation } = bestOf(chosen.lines)
    const spread = `± ${(deviation * 100).toFixed(2)} at step ${grouped(step)}, the best`
    figures.push([`Accuracy on ${escaped(chosen.name)}`, percent(accuracy), spread])
  }
  const spent = times.computing.seconds + times.waiting.seconds
  if (spent > 0) {
    const all = total(history)
    const rate = (config.batchSize * times.computing.count) / spent
    figures.push(['Images a second', plain(rate), `${duration(spent / times.computing.count)} a step`])
    figures.push(['Time', duration(all), `${percent(times.waiting.seconds / all, 1)} waiting for data`])
  }
  return figureList(figures)
}

function curves({ config, steps, verifications }: RunHistory): CurveChart[] {
  const range = [steps.step[0] ?? 0, steps.step.at(-1) ?? 0] as const
  const shared = { steps: range, perEpoch: stepsPerEpoch(config) }
  const ofSteps = (column: StepColumn) => [{ name: column, x: steps.step, y: steps[column] }]
  const last = (column: StepColumn) => lastText(steps[column])
  const charts: CurveChart[] = [
    {
      ...shared,
      id: 'loss',
      title: 'Loss',
      caption: `Of each batch. ${last('loss')}`,
      axis: 'loss',
      curves: ofSteps('loss'),
      mayBeLogarithmic: true,
    },
    {
      ...shared,
      id: 'accuracy',
      title: 'Accuracy in training',
      caption: `Share of each batch. ${lastText(steps.accuracy, value => percent(value, 1))}`,
      axis: 'accuracy',
      curves: ofSteps('accuracy'),
      shares: true,
    },
    {
      ...shared,
      id: 'rate',
      title: 'Learning rate',
      caption: `Schedule ${config.schedule}. ${last('learningRate')}`,
      axis: 'learning rate',
      curves: ofSteps('learningRate'),
    },
    {
      ...shared,
      id: 'gradient',
      title: 'Gradient norm',
      caption: `Over all parameters${config.clip === undefined ? '' : `, before it is clipped to ${config.clip}`}. ${last('gradientNorm')}`,
      axis: 'norm',
      curves: ofSteps('gradientNorm'),
      mayBeLogarithmic: true,
    },
  ]
  if (verifications.size === 0) return charts
  const verified: CurveChart = {
    ...shared,
    // A verification may follow the last step that metrics have a line of.
    steps: [range[0], Math.max(range[1], ...[...verifications.values()].map(lines => lines.at(-1)!.step))],
    id: 'verification',
    title: 'Accuracy in verification',
    caption: 'Mean of the ten folds of each set.',
    axis: 'accuracy',
    curves: [...verifications].map(([name, lines]) => ({
      name,
      x: lines.map(({ step }) => step),
      y: lines.map(({ accuracy }) => accuracy),
    })),
    shares: true,
  }
  return [charts[0]!, verified, ...charts.slice(1)]
}

function verificationTable({ verifications }: RunHistory): string {
  const rows = [...verifications].map(([name, lines]) => {
    const [best, last] = [bestOf(lines), lines.at(-1)!]
    const cells = [
      accuracyText(best),
      grouped(best.step),
      accuracyText(last),
      last.threshold.toFixed(2),
      ...Object.values(last.tar).map(rate => percent(rate)),
      percent(last.eer),
      plain(last.norm),
    ]
    return { name: escaped(name), cells }
  })
  const fars = Object.keys([...verifications.values()][0]!.at(-1)!.tar)
  const rates = fars.map(far => `TAR at ${far}`)
  const names = ['Set', 'Best accuracy', 'at step', 'Last accuracy', 'Threshold', ...rates, 'EER', 'Norm']
  return `<section>
<h2>Verification</h2>
${dataTable({ head: names, rows })}
<p>From the threshold on, of the last verification. TAR at a false accept rate; norm: mean length of the embeddings.</p>
</section>`
}

function timeTable(history: RunHistory): string {
  const { computing, waiting, checkpoints, verifications } = history.times
  const all = total(history)
  if (all === 0) return ''
  const parts: [string, Spent][] = [
    ['Steps, computing', computing],
    ['Steps, waiting for data', waiting],
    ...[...verifications].map(([name, spent]): [string, Spent] => [`Verification on ${escaped(name)}`, spent]),
    ['Checkpoints', checkpoints],
  ]
  const rows = parts
    .filter(([, { count }]) => count > 0)
    .map(([name, { count, seconds }]) => ({
      name,
      cells: [grouped(count), duration(seconds), duration(seconds / count), percent(seconds / all, 1)],
    }))
  return `<section>
<h2>Time</h2>
${dataTable({ head: ['Part', 'Times', 'Together', 'Each', 'Share'], rows })}
</section>`
}

/** Settings by their names, those of a part as `part.name`. */
function flat(value: Readonly<Record<string, unknown>>, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, setting]): [string, string][] => {
    const path = `${prefix}${name}`
    if (Array.isArray(setting)) return [[path, setting.length === 0 ? 'none' : setting.map(text).join(', ')]]
    if (typeof setting === 'object' && setting !== null) return flat(setting as Record<string, unknown>, `${path}.`)
    return [[path, text(setting)]]
  })
}

function text(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(text).join(' = ') : String(value)
}

/** The set that picks the best checkpoint: the one that the settings name, else the first. */
function bestSet({ config, verifications }: RunHistory): { name: string; lines: VerificationLine[] } | undefined {
  const name = verifications.has(config.best ?? '') ? config.best : [...verifications.keys()][0]
  return name === undefined ? undefined : { name, lines: verifications.get(name)! }
}

/** The first of the best. */
function bestOf(lines: readonly VerificationLine[]): VerificationLine {
  return lines.reduce((best, line) => (line.accuracy > best.accuracy ? line : best))
}

function total({ times }: RunHistory): number {
  const parts = [times.computing, times.waiting, times.checkpoints, ...times.verifications.values()]
  return parts.reduce((sum, { seconds }) => sum + seconds, 0)
}

function accuracyText({ accuracy, deviation }: VerificationLine): string {
  return `${percent(accuracy)} ± ${(deviation * 100).toFixed(2)}`
}

function lastText(values: readonly number[], format: (value: number) => string = plain): string {
  const last = values.at(-1)
  return last === undefined || Number.isNaN(last) ? '' : `In the last step ${format(last)}.`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function plain(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '–'
}
