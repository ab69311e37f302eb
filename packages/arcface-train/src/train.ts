import { mkdirSync, statSync } from 'node:fs'
import {
  type CheckpointState,
  checkpointSteps,
  chosenStep,
  exportCheckpoint,
  NETWORKS,
  removeCheckpoints,
  removeRun,
  runPaths,
  sweepCheckpoints,
} from '@tiny-face/arcface-model'
import { ALONE, type Job } from '@tiny-face/mpi-session'
import { writeWholeFile } from '@tiny-face/safe-files'
import type { TrainingConfig } from './config.js'
import { firstWeights } from './loop/first-weights.js'
import { resumeFrom } from './loop/resume.js'
import { type Listeners, type Trained, Training } from './loop/training.js'
import { meet, together } from './ranks/agree.js'
import { rowsOfRank } from './ranks/centre-rows.js'
import { ownShare } from './ranks/own-share.js'
import type { TrainingSet } from './training-set.js'
import { openVerificationSets } from './verification/index.js'

export interface TrainOptions extends Listeners {
  readonly threads?: number | undefined
  /** Whose ranks share the training; each calls this with the same. A process by itself where left out. */
  readonly job?: Job
  /** Go on where the run ended or was killed: from its last checkpoint, or from that of `fromStep`. */
  readonly resume?: boolean
  readonly fromStep?: number | undefined
}

/**
 * Trains a network and leaves a run's folder (see arcface-model's run-folder.ts). What a run computes is a function of its config and the
 * training set: resumed, it leaves the same weights and metrics as if it had not been interrupted. A run that the folder holds is replaced,
 * unless it is to be resumed. Of a job's ranks the first alone writes.
 *
 * @throws DataError where an image is bad, a loss or gradient is not finite, or a checkpoint is damaged; UsageError where a run is resumed
 *   with other settings; OtherRanksFault where another rank says what is wrong
 */
export async function train(
  run: string,
  set: TrainingSet,
  config: TrainingConfig,
  options: TrainOptions = {},
): Promise<Trained> {
  const { job = ALONE } = options
  const own = ownShare(config, job)
  let checkpoint = options.resume
    ? await together(job, () => resumeFrom(run, config, options.fromStep, rowsOfRank(own)))
    : undefined
  const state: CheckpointState = checkpoint?.state ?? { step: 0, epoch: 0, position: 0, seed: config.seed }
  const given = config.init === undefined || checkpoint ? {} : firstWeights(config.init, config)
  const sets = await openVerificationSets(job.rank === 0 ? config.verify : [], NETWORKS[config.network].size)
  const training = await Training.open({ ...{ run, set, config, sets, job, own }, ...options }, checkpoint?.tensors)
  try {
    await training.begin(checkpoint?.tensors, given)
    // All that can be known to fail has been tried: only now is anything removed.
    meet(job)
    if (job.rank === 0) prepareFolder(run, config, checkpoint && state.step)
    // The centres of many people are gigabytes, and the store has them.
    checkpoint = undefined
    return await training.run(state, options)
  } finally {
    await training.close()
  }
}

function prepareFolder(run: string, config: TrainingConfig, step: number | undefined): void {
  if (step === undefined) removeRun(run)
  else tidy(run, step)
  mkdirSync(run, { recursive: true })
  writeWholeFile(runPaths(run).config, `${JSON.stringify(config, null, 2)}\n`)
}

/** Brings a run's folder to where it was after a step: a kill, or a full disk, may have left more of it, or a model of another step. */
function tidy(run: string, step: number): void {
  const later = checkpointSteps(run).filter(other => other > step)
  removeCheckpoints(run, later)
  sweepCheckpoints(run)
  const { model, checkpoint } = runPaths(run)
  const written = statSync(model, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const isOfCheckpoint = later.length === 0 && written >= statSync(checkpoint(chosenStep(run)).state).mtimeMs
  if (!isOfCheckpoint) writeWholeFile(model, exportCheckpoint(run))
}
