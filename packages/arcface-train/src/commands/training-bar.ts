import { progressBar, say } from '@tiny-face/command-shell'
import type { TrainingConfig } from '../config.js'
import type { SkippedStep, StepMetrics } from '../loop/run-log.js'
import { duration } from '../report/duration.js'
import { stepsToTake } from '../steps-per-epoch.js'
import type { TrainOptions } from '../train.js'

/** Where no bar is drawn, in the log of a batch system say: seconds between two lines. */
const LINE_EVERY = 60

/** A bar over the images of a run from a step on: loss, accuracy, rate, and the share of the time that went by waiting for images. */
export function trainingBar(
  config: TrainingConfig,
  from: number,
  now = () => performance.now() / 1000,
): Required<Pick<TrainOptions, 'onStep' | 'onVerification'>> & { done(): void } {
  const steps = stepsToTake(config)
  const bar = progressBar({ unit: 'images', total: (steps - from) * config.batchSize })
  let [seconds, waited] = [0, 0]
  let last = { step: from, at: now() }
  return {
    onStep(metrics, time) {
      seconds += time.seconds
      waited += time.waited
      const waiting = `waiting ${Math.round((100 * waited) / seconds)}%`
      bar.note(`${figures(metrics)}  ${waiting}`)
      bar.advance(config.batchSize)
      const { step } = metrics
      const at = now()
      if (bar.drawn || at - last.at < LINE_EVERY) return
      const perStep = (at - last.at) / (step - last.step)
      const rate = `${(config.batchSize / perStep).toFixed(1)} images/s`
      say(
        `step ${step} of ${steps}: ${figures(metrics)}  ${rate}  ${waiting}  ${duration((steps - step) * perStep)} left`,
      )
      last = { step, at }
    },
    onVerification({ step, verification, accuracy, deviation }) {
      say(`step ${step}: ${verification} ${accuracy.toFixed(4)} ± ${deviation.toFixed(4)}`)
    },
    done: () => bar.done(),
  }
}

function figures(metrics: StepMetrics | SkippedStep): string {
  if ('skipped' in metrics) return 'skipped'
  const { loss, accuracy, learningRate } = metrics
  return `loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}  lr ${learningRate.toPrecision(3)}`
}
