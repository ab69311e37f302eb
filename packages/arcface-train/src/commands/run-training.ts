import { existsSync } from 'node:fs'
import {
  checkpointSteps,
  describeEngine,
  FORMER_NETWORK_NAMES,
  NETWORKS,
  runPaths,
  typedName,
} from '@tiny-face/arcface-model'
import { progressBar, say, speakAs } from '@tiny-face/command-shell'
import { currentJob, type Job } from '@tiny-face/mpi-session'
import { DataError, UsageError, writeAll, writeWholeFile } from '@tiny-face/safe-files'
import { type EngineWish, resolveEngine } from '@tiny-face/tfjs-compiler'
import { augmentedGrid } from '../augment/augmented-grid.js'
import { checkedSet } from '../check-images.js'
import type { TrainingConfig } from '../config.js'
import { dryRun } from '../dry-run/dry-run.js'
import { dryRunText } from '../dry-run/dry-run-text.js'
import { firstWeights } from '../loop/first-weights.js'
import { FORMER_PRESET_NAMES } from '../presets/index.js'
import { meet, OtherRanksFault, together } from '../ranks/agree.js'
import { checkShared } from '../ranks/check-shared.js'
import { ownProcessors } from '../ranks/processors.js'
import { readConfig } from '../read-config.js'
import { resolveConfig, type TrainingOptions } from '../resolve-config.js'
import { train } from '../train.js'
import { openTrainingSet, type TrainingSet } from '../training-set.js'
import { openVerificationSets } from '../verification/index.js'
import { DATA_THREADS } from '../workers/image-thread-pool.js'
import { INTERRUPTED, stopSignal } from './stop-signal.js'
import { trainingBar } from './training-bar.js'

/** As they are typed. */
export interface Options extends Omit<TrainingOptions, 'config'> {
  out?: string
  config?: string
  engine?: EngineWish['engine']
  precision?: EngineWish['precision']
  threads?: number
  unframed?: boolean
  check?: boolean
  resume?: boolean
  fromStep?: number
  force?: boolean
  dryRun?: boolean
  showAugmented?: string
}

/** What `arcface-train` does once its options are known; started by mpirun or the like, each rank does. */
export async function runTraining(shards: readonly string[], given: Options): Promise<void> {
  const job = currentJob()
  if (job.ranks === 1) return runRank(job, shards, given)
  speakAs(`arcface-train: ${job.name}`, { quiet: job.rank > 0 })
  // A rank that fails takes the others with it: they wait for what it was to do.
  process.once('exit', code => {
    if (code !== 0 && code !== INTERRUPTED) job.abort(code)
  })
  try {
    await runRank(job, shards, given)
  } catch (error) {
    if (!(error instanceof OtherRanksFault)) throw error
    // Until the rank that knows what is wrong has said so, and ended the job.
    meet(job)
  }
  job.close()
}

async function runRank(job: Job, shards: readonly string[], given: Options): Promise<void> {
  const options = withPresentNames(given)
  const { out, threads, resume = false, fromStep } = options
  const prepared = await together(job, () => prepare(job, shards, options))
  let { set, config } = prepared
  const { size } = NETWORKS[config.network]
  if (options.dryRun || options.showAugmented !== undefined) {
    if (job.rank > 0) return
    if (options.dryRun) return writeAll(1, Buffer.from(dryRunText(config, await dryRun(config, { threads }))))
    return writeWholeFile(options.showAugmented!, await augmentedGrid(set, { ...config, size }))
  }
  if (options.check) {
    const bar = progressBar({ unit: 'images checked', total: set.count })
    let left = set.count
    const onProgress = (images: number) => {
      const ofAll = Math.min(left, images * job.ranks)
      left -= ofAll
      bar.advance(ofAll)
    }
    const ofRank = job.ranks === 1 ? {} : { job, threads: Math.min(DATA_THREADS, ownProcessors(job)) }
    const { skipDamaged } = config
    set = await together(job, () => checkedSet(set, { size, skipDamaged, onProgress, ...ofRank }))
    bar.done()
    config = await together(job, () => prepared.resolve(set))
  }
  await together(job, () => checkShared(job, config))
  const { done, ...bar } = trainingBar(config, resume ? (fromStep ?? checkpointSteps(out!).at(-1) ?? 0) : 0)
  const signal = stopSignal(job)
  const { step, end } = await train(out!, set, config, {
    ...{ job, threads, resume, fromStep, signal },
    ...bar,
  })
  done()
  set.close()
  if (end === 'patience') say(`no better ${config.best} in ${config.patience} verifications: ended after step ${step}`)
  if (end === 'interrupted') {
    say(`stopped after step ${step}: --resume goes on from there`)
    process.exitCode = INTERRUPTED
  }
}

/** The training set and the configuration, and all that can be known to be wrong before any image is looked at. */
async function prepare(job: Job, shards: readonly string[], options: Options) {
  const { out, engine, resume = false } = options
  checkRun(options)
  const before = configBefore(options)
  if ((options.skipDamaged ?? before?.skipDamaged) && !options.check)
    throw new UsageError(
      "--skip-damaged, here or in the run's config.json, looks for damaged images: it goes without --no-check",
    )
  if (job.ranks > 1 && shards.includes('-'))
    throw new UsageError('ranks share shards: a record stream on standard input goes to one process alone')
  const choice = resolveEngine(engineWish(options, before))
  if (resume && before === undefined) say(`${out} holds no run yet: it begins`)
  if (engine === 'auto' || before === undefined) say(describeEngine(choice))
  if (job.ranks > 1) say(`${job.ranks} ranks, ${ownProcessors(job)} threads each here`)
  const set = openTrainingSet(shards, options)
  const resolve = (set: TrainingSet) => resolveConfig({ ...options, config: before }, set, choice)
  const config = resolve(set)
  // To look at all images may take minutes: whether the run can begin with these weights and sets is found out before.
  if (job.rank === 0) {
    for (const { close } of await openVerificationSets(config.verify, NETWORKS[config.network].size)) close()
  }
  const trains = !options.dryRun && options.showAugmented === undefined
  if (trains && config.init !== undefined && !resume) firstWeights(config.init, config)
  return { set, config, resolve }
}

/** Says which options contradict each other, and keeps a run that is there from being replaced. */
function checkRun({ out, dryRun, showAugmented, resume, fromStep, force, config }: Options): void {
  if (fromStep !== undefined && !resume) throw new UsageError('--from-step goes with --resume')
  if (resume && config !== undefined) throw new UsageError('takes --config or --resume, not both')
  if (resume && force) throw new UsageError('takes --resume or --force, not both')
  if (dryRun || showAugmented !== undefined) return
  if (out === undefined) throw new UsageError("needs --out, the run's folder (see --help)")
  if (existsSync(runPaths(out).config) && !resume && !force)
    throw new DataError({ file: out, message: 'holds a run already; --resume continues it, --force replaces it' })
}

/**
 * The configuration that options come before: of the run that goes on, to the end of its schedule, or of `--config`. One that was killed
 * before it had begun has none.
 */
function configBefore({ config, out, resume }: Options): TrainingConfig | undefined {
  if (resume && out !== undefined && existsSync(runPaths(out).config))
    return { ...readConfig(runPaths(out).config), stopAfter: undefined }
  return config === undefined ? undefined : readConfig(config)
}

/** The engine of another run, and its precision with it, unless a person asks for one. */
function engineWish({ engine, precision }: Options, before: TrainingConfig | undefined): EngineWish {
  if (engine !== undefined || before === undefined) return { engine, precision }
  return { engine: before.engine, precision: precision ?? before.precision }
}

/** Names of earlier versions still work; those that they have now are said. */
function withPresentNames(options: Options): Options {
  const { network, preset } = options
  const names = { network: typedName(network, FORMER_NETWORK_NAMES), preset: typedName(preset, FORMER_PRESET_NAMES) }
  return { ...options, ...names } as Options
}
