import { alignColumns } from '@tiny-face/command-shell'
import { describeNormalisation } from '../preprocess.js'
import { normalisationOf, type Scaling } from './combinations.js'
import { pAgainst, SIGNIFICANCE, type Sweep, type Trial } from './sweep.js'

/** Colours as `--preprocess` takes them. */
const TYPED: Readonly<Record<Trial['order'], Record<Scaling, string>>> = {
  rgb: { '127.5': 'arcface', '128': 'mxnet', imagenet: 'imagenet', none: 'raw', '/255': '"raw std=255"' },
  bgr: {
    '127.5': '"arcface order=bgr"',
    '128': 'mxnet-bgr',
    imagenet: '"order=bgr mean=103.53,116.28,123.675 std=57.375,57.12,58.395"',
    none: '"raw order=bgr"',
    '/255': '"raw order=bgr std=255"',
  },
}

/** A sweep for a terminal: what the network was made for, what else it may be, and everything that was tried, the best first. */
export function sweepTable({ trials, base }: Sweep, { name, grey }: { name: string; grey: boolean }): string {
  const { pairs, same, folds } = base.result!.verification
  const heads = ['accuracy', '', ...(grey ? [] : ['order']), 'scaling', 'crop', 'size', 'mirror', 'against the best']
  return `${name} was made for ${describeNormalisation(normalisationOf(base), grey ? 1 : 3)}, ${extent(base)}.
That is --preprocess ${TYPED[base.order][base.scaling]}

${rivals({ trials, base }, grey)}

${alignColumns([heads, ...trials.map(trial => row(trial, base, grey))]).join('\n')}

${pairs} pairs, ${same} of one person; accuracy over ${folds.length} folds, its standard deviation, and how many points it is off the best without
mirror images; p of McNemar's exact test: how often chance alone makes such a difference.
`
}

function extent({ crop, size }: Trial): string {
  return `${crop === 1 ? 'whole images' : `the middle ${percent(crop)} of images`}, ${size}x${size}`
}

function rivals({ trials, base }: Sweep, grey: boolean): string {
  const alike = trials.filter(trial => trial !== base && !trial.mirror && !isWorse(trial, base))
  if (alike.length === 0) return 'All else that was tried without mirror images is worse by more than chance.'
  const names = alike.map(({ order, scaling, crop, size }) =>
    [grey ? '' : order, scaling, crop === 1 ? '' : percent(crop), size === base.size ? '' : `${size}x${size}`]
      .filter(part => part !== '')
      .join(' '),
  )
  return `These pairs cannot tell it from: ${names.join('; ')}.`
}

function row(trial: Trial, base: Trial, grey: boolean): string[] {
  const { order, scaling, crop, size, mirror, result } = trial
  const { mean, std } = result?.verification.accuracy ?? {}
  return [
    mean === undefined ? 'none' : mean.toFixed(4),
    std === undefined ? '' : `± ${std.toFixed(4)}`,
    ...(grey ? [] : [order]),
    scaling,
    percent(crop),
    `${size}`,
    mirror ? 'yes' : 'no',
    trial === base ? 'the best' : difference(trial, base),
  ]
}

function difference(trial: Trial, base: Trial): string {
  if (trial.result === undefined) return 'gives no embeddings'
  const points = 100 * (trial.result.verification.accuracy.mean - base.result!.verification.accuracy.mean)
  const p = pAgainst(trial, base)
  const sure = p < 1e-4 ? 'p < 0.0001' : `p = ${p.toFixed(p < 0.1 ? 4 : 2)}`
  return `${points < 0 ? '' : '+'}${points.toFixed(2)}  ${sure}${isWorse(trial, base) ? '' : ', cannot be told apart'}`
}

function isWorse(trial: Trial, base: Trial): boolean {
  return pAgainst(trial, base) < SIGNIFICANCE
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`
}
