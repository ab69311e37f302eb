import { runPaths } from '@tiny-face/arcface-model'
import type { Figures } from '../verification/verification-figures.js'
import { EventWriter } from './event-writer.js'

/** What TensorBoard shows of a run, under the names that its tabs group by: `train/loss`, `accuracy/lfw`, `weights/stem/kernel`. */
export class RunEvents {
  readonly #events: EventWriter

  /**
   * @param run the run's folder; event files lie in its `tensorboard`
   * @param options.from the first step of a run that goes on; see EventWriter
   */
  constructor(run: string, options: { from?: number | undefined } = {}) {
    this.#events = new EventWriter(runPaths(run).tensorboard, options)
  }

  step(metrics: {
    readonly step: number
    readonly loss: number
    readonly accuracy: number
    readonly learningRate: number
    readonly gradientNorm: number
  }): void {
    this.#events.scalars(metrics.step, {
      'train/loss': metrics.loss,
      'train/accuracy': metrics.accuracy,
      'train/learning_rate': metrics.learningRate,
      'train/gradient_norm': metrics.gradientNorm,
    })
  }

  /** @param set the verification set's name */
  verification(step: number, set: string, { accuracy, tar, auc, eer, threshold, norm }: Figures): void {
    this.#events.scalars(step, {
      [`accuracy/${set}`]: accuracy,
      ...Object.fromEntries(Object.entries(tar).map(([far, rate]) => [`tar_at_far_${far}/${set}`, rate])),
      [`auc/${set}`]: auc,
      [`eer/${set}`]: eer,
      [`threshold/${set}`]: threshold,
      [`embedding_norm/${set}`]: norm,
    })
  }

  /** A histogram of each tensor. @param tensors by the names of their parameters */
  histograms(
    step: number,
    kind: 'weights' | 'gradients',
    tensors: Iterable<readonly [name: string, values: ArrayLike<number>]>,
  ): void {
    for (const [name, values] of tensors) this.#events.histogram(step, `${kind}/${name}`, values)
  }

  /** @param png the grid of augmented images that step sees */
  augmented(step: number, png: Uint8Array): void {
    this.#events.image(step, 'augmented', png)
  }

  close(): void {
    this.#events.close()
  }
}
