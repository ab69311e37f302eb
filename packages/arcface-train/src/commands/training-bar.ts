import { progressBar, say } from '@tiny-face/command-shell'
import type { TrainingConfig } from '../config.js'
import { stepsToTake } from '../steps-per-epoch.js'
import type { TrainOptions } from '../train.js'

/** A bar over the images of a run from a step on: loss, accuracy, rate, and the share of the time that went by waiting for images. */
export function trainingBar(
  config: TrainingConfig,
  from: number,
): Required<Pick<TrainOptions, 'onStep' | 'onVerification'>> & { done(): void } {
  const bar = progressBar({ unit: 'images', total: (stepsToTake(config) - from) * config.batchSize })
  let [seconds, waited] = [0, 0]
  return {
    onStep(metrics, time) {
      seconds += time.seconds
      waited += time.waited
      const waiting = `waiting ${Math.round((100 * waited) / seconds)}%`
      if ('skipped' in metrics) bar.note(`step ${metrics.step} skipped  ${waiting}`)
      else {
        const { loss, accuracy, learningRate } = metrics
        const rate = learningRate.toPrecision(3)
        bar.note(`loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}  lr ${rate}  ${waiting}`)
      }
      bar.advance(config.batchSize)
    },
    onVerification({ step, verification, accuracy, deviation }) {
      say(`step ${step}: ${verification} ${accuracy.toFixed(4)} ± ${deviation.toFixed(4)}`)
    },
    done: () => bar.done(),
  }
}
