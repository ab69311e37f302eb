import { type HeadConfig, NETWORKS, type NetworkName } from '@tiny-face/arcface-model'
import { UsageError } from '@tiny-face/safe-files'
import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import type { AugmentConfig } from './augment/augment-config.js'
import type { OptimiserConfig, TrainingConfig, VerificationSet } from './config.js'
import { DEFAULTS, HEADS, OPTIMISERS, RUN_DEFAULTS } from './default-settings.js'
import { PRESETS, type PresetName } from './presets/index.js'
import type { Recipe } from './presets/preset.js'
import { type Span, stepsOf, stepsPerEpoch } from './steps-per-epoch.js'

/** What a person may ask for; what is left out is decided by the preset, by the configuration of another run, or by the defaults. */
export interface TrainingOptions {
  readonly preset?: PresetName
  /** Of a run that is to be repeated or resumed. */
  readonly config?: TrainingConfig | undefined
  readonly network?: NetworkName
  readonly embeddingSize?: number
  readonly head?: HeadConfig['kind']
  readonly margin?: number
  readonly margins?: readonly [number, number, number]
  readonly scale?: number
  readonly easyMargin?: boolean
  readonly sampleRate?: number
  readonly batchSize?: number
  readonly accumulate?: number
  readonly epochs?: number
  readonly steps?: number
  readonly stopAfter?: number
  readonly schedule?: TrainingConfig['schedule']
  readonly lr?: readonly number[]
  readonly lrSteps?: readonly Span[]
  readonly warmup?: Span
  readonly optimiser?: OptimiserConfig['kind']
  readonly momentum?: number
  readonly weightDecay?: number
  readonly decayAll?: boolean
  readonly clip?: number
  readonly augment?: AugmentConfig
  readonly trunkLr?: number
  readonly freeze?: readonly string[]
  readonly freezeStatistics?: boolean
  readonly syncBatchNorm?: boolean
  readonly exchange?: 'bf16'
  readonly init?: string
  readonly seed?: number
  readonly verify?: readonly VerificationSet[]
  readonly every?: Span
  readonly patience?: number
  readonly best?: string
  readonly keep?: number
  readonly skipNonfinite?: number
  readonly skipDamaged?: boolean
}

/** What a configuration needs to know of a training set. */
export interface SetSize {
  readonly count: number
  readonly classes: number
  readonly source: string
  readonly fingerprint?: string
}

/**
 * Everything that decides a run's result. Options come before a preset, a preset before another run's configuration, and that before
 * the defaults.
 *
 * @param choice the engine, and the precision in which it computes
 * @throws UsageError where options contradict each other or do not fit the set; it names the one that mends it
 */
export function resolveConfig(options: TrainingOptions, set: SetSize, choice: EngineChoice): TrainingConfig {
  const { config: base } = options
  const recipe: Settings = {
    ...DEFAULTS,
    ...(base === undefined ? {} : recipeOf(base)),
    // A preset's network has embeddings of its own size.
    ...(options.preset === undefined ? {} : { embeddingSize: undefined, ...PRESETS[options.preset] }),
  }
  const network = options.network ?? recipe.network
  if (network === undefined) throw new UsageError('needs --network or --preset (see --help)')
  const { batchSize, accumulate } = batchOf(options, recipe)
  // At least one step: options that contradict each other are named before a batch that is larger than the set.
  const perEpoch = Math.max(1, stepsPerEpoch({ images: set.count, batchSize }))
  const length = lengthOf(options, recipe)
  const steps = stepsOf(length, perEpoch)
  const run: typeof RUN_DEFAULTS & Partial<TrainingConfig> = { ...RUN_DEFAULTS, ...base }
  const verify = options.verify ?? run.verify
  const config = withoutUndefined({
    network,
    embeddingSize: options.embeddingSize ?? embeddingSizeOf(network, recipe),
    head: headOf(options, recipe.head),
    sampleRate: options.sampleRate ?? recipe.sampleRate,
    batchSize,
    accumulate,
    epochs: 'epochs' in length ? length.epochs : Math.ceil(steps / perEpoch),
    steps,
    stopAfter: options.stopAfter ?? run.stopAfter,
    ...scheduleOf(options, recipe, perEpoch),
    ...optimiserOf(options, recipe),
    decayAll: options.decayAll ?? recipe.decayAll,
    clip: options.clip ?? recipe.clip,
    augment: options.augment ?? recipe.augment,
    trunkRate: options.trunkLr ?? run.trunkRate,
    freeze: options.freeze ?? run.freeze,
    freezeStatistics: options.freezeStatistics ?? run.freezeStatistics,
    syncBatchNorm: options.syncBatchNorm ?? run.syncBatchNorm,
    exchange: options.exchange ?? run.exchange,
    init: options.init ?? run.init,
    seed: options.seed ?? run.seed,
    engine: choice.engine,
    precision: choice.precision,
    images: set.count,
    classes: set.classes,
    source: set.source,
    fingerprint: set.fingerprint,
    verify,
    every: options.every ?? run.every,
    ...bestOf(options, base, verify),
    keep: options.keep ?? run.keep,
    skipNonfinite: options.skipNonfinite ?? run.skipNonfinite,
    skipDamaged: options.skipDamaged ?? run.skipDamaged,
  })
  if (batchSize <= set.count) return config
  const fits = Math.floor(set.count / accumulate) * accumulate
  throw new UsageError(
    `a batch of ${batchSize} is more than the ${set.count} images of ${set.source}: take --batch-size ${fits}`,
  )
}

/** A recipe in which the defaults have filled what they know. */
type Settings = typeof DEFAULTS & Partial<Recipe>

/** The recipe of a run: whole epochs are taken as such, so that it fits a set or a batch of another size. */
function recipeOf(config: TrainingConfig): Recipe {
  const { steps, boundaries, warmup } = config
  const perEpoch = stepsPerEpoch(config)
  const spanOf = (steps: number): Span => (steps % perEpoch === 0 ? { epochs: steps / perEpoch } : { steps })
  return {
    ...config,
    length: spanOf(steps),
    boundaries: boundaries.map(spanOf),
    warmup: spanOf(warmup),
  }
}

function batchOf(options: TrainingOptions, recipe: Settings) {
  const batchSize = options.batchSize ?? recipe.batchSize
  const accumulate = options.accumulate ?? recipe.accumulate
  if (batchSize % accumulate !== 0)
    throw new UsageError(`--accumulate ${accumulate} does not divide --batch-size ${batchSize} into equal parts`)
  if (batchSize / accumulate < 2)
    throw new UsageError(`--accumulate ${accumulate} leaves parts of one image, in which batch norm measures nothing`)
  return { batchSize, accumulate }
}

function lengthOf({ epochs, steps }: TrainingOptions, recipe: Settings): Span {
  if (epochs !== undefined && steps !== undefined) throw new UsageError('takes --epochs or --steps, not both')
  if (epochs !== undefined) return { epochs }
  if (steps !== undefined) return { steps }
  if (recipe.length === undefined) throw new UsageError('needs --epochs or --steps (see --help)')
  return recipe.length
}

/** A preset's or run's own size holds for its network alone. */
function embeddingSizeOf(network: NetworkName, recipe: Settings): number {
  const own = NETWORKS[network].embeddingSize
  return network === recipe.network ? (recipe.embeddingSize ?? own) : own
}

function headOf(options: TrainingOptions, recipe: HeadConfig): HeadConfig {
  const kind = options.head ?? recipe.kind
  const given = withoutUndefined({
    margin: options.margin,
    margins: options.margins,
    scale: options.scale,
    easy: options.easyMargin,
  })
  const foreign = keysOf(given).find(name => !(name in HEADS[kind]))
  if (foreign !== undefined) {
    const taken = keysOf(HEAD_OPTIONS).filter(name => name in HEADS[kind])
    const names = taken.map(name => HEAD_OPTIONS[name]).join(', ')
    throw new UsageError(`--head ${kind} takes ${names} and no ${HEAD_OPTIONS[foreign]}`)
  }
  // How far the cosines are spread depends on the number of people: another head keeps a preset's scale.
  return { ...(kind === recipe.kind ? recipe : { ...HEADS[kind], scale: recipe.scale }), ...given } as HeadConfig
}

const HEAD_OPTIONS = { margin: '--margin', margins: '--margins', scale: '--scale', easy: '--easy-margin' }

function scheduleOf(options: TrainingOptions, recipe: Settings, perEpoch: number) {
  const schedule = options.schedule ?? recipe.schedule
  const learningRates = ratesOf(options, recipe)
  // New rates have boundaries of their own.
  const spans = options.lrSteps ?? (options.lr === undefined ? recipe.boundaries : [])
  const boundaries = spans.map(span => stepsOf(span, perEpoch))
  const piecewise = schedule === 'piecewise'
  if (piecewise ? boundaries.length !== learningRates.length - 1 : learningRates.length !== 1) {
    throw new UsageError(
      `--schedule ${schedule} takes ${piecewise ? 'one more rate in --lr than steps in --lr-steps' : 'one rate in --lr'}`,
    )
  }
  if (!piecewise && options.lrSteps !== undefined)
    throw new UsageError(`--schedule ${schedule} takes no --lr-steps; piecewise does`)
  if (boundaries.some((boundary, i) => boundary <= (boundaries[i - 1] ?? 0)))
    throw new UsageError(`--lr-steps ${boundaries.join(',')} do not rise from one to the next`)
  return {
    schedule,
    learningRates,
    boundaries: piecewise ? boundaries : [],
    warmup: stepsOf(options.warmup ?? recipe.warmup, perEpoch),
  }
}

/** Another optimiser than the recipe's comes with a rate and a decay of its own. */
function ofOptimiser({ optimiser }: TrainingOptions, recipe: Settings) {
  return optimiser === undefined || optimiser === recipe.optimiser.kind ? recipe : OPTIMISERS[optimiser]
}

function ratesOf(options: TrainingOptions, recipe: Settings): readonly number[] {
  return options.lr ?? ofOptimiser(options, recipe).learningRates
}

function optimiserOf(options: TrainingOptions, recipe: Settings): Pick<Recipe, 'optimiser' | 'weightDecay'> {
  const { optimiser, weightDecay } = ofOptimiser(options, recipe)
  const { momentum } = options
  if (momentum !== undefined && optimiser.kind !== 'sgd')
    throw new UsageError(`--optimiser ${optimiser.kind} takes no --momentum; sgd does`)
  return {
    optimiser: momentum === undefined ? optimiser : { kind: 'sgd', momentum },
    weightDecay: options.weightDecay ?? weightDecay,
  }
}

function bestOf(
  options: TrainingOptions,
  base: TrainingConfig | undefined,
  verify: readonly VerificationSet[],
): Pick<TrainingConfig, 'patience' | 'best'> {
  const names = verify.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`--verify ${twice} is given twice: each set has a name of its own`)
  const patience = options.patience ?? base?.patience
  // The figure of another run holds where it is measured here too.
  const best = options.best ?? (names.includes(base?.best ?? '') ? base?.best : names[0])
  if (patience !== undefined && names.length === 0) throw new UsageError('--patience needs a --verify to wait for')
  if (best !== undefined && !names.includes(best))
    throw new UsageError(
      `--best ${best} is none of the sets of --verify${names.length > 0 ? `: ${names.join(', ')}` : ''}`,
    )
  return { patience, best }
}

function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}

function keysOf<T extends object>(values: T): (keyof T)[] {
  return Object.keys(values) as (keyof T)[]
}
