import { embedRecords, type LoadableModel, loadableModel, type NetworkConfig } from '@tiny-face/arcface-model'
import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import { PairMeasurer, type Verification, verify } from '@tiny-face/verifier'
import type { OpenVerificationSet } from './verification-sets.js'

export interface VerifierOptions extends NetworkConfig {
  readonly engine: EngineChoice['engine']
  readonly threads?: number | undefined
}

/** What a set says of the present weights. */
export interface SetVerification {
  readonly name: string
  readonly verification: Verification
  readonly seconds: number
}

/**
 * Verifies the weights of a run that is still training. The network is compiled once; images are decoded batch by batch, and of a pair
 * nothing stays but its distance. The figures are those of
 * `bin-dump SET | arcface-embed --model RUN --engine ENGINE --flip | face-verify`, to the last digit: as there, the network computes
 * in float32 whatever the run trains in.
 */
export class WeightsVerifier {
  readonly #model: LoadableModel

  private constructor(model: LoadableModel) {
    this.#model = model
  }

  /** @throws DataError where the engine is not installed */
  static async open({ engine, threads, ...config }: VerifierOptions): Promise<WeightsVerifier> {
    return new WeightsVerifier(
      await loadableModel(config, { engine, precision: 'f32' }, { file: config.network, threads }),
    )
  }

  /**
   * @param weights a training state by name, in tfjs's own layout; what is not the network's is left out
   * @returns of each set; undefined where the signal was aborted before the last was done
   * @throws DataError that names the set and the record: where an image does not decode, is of another size, or has an embedding that
   *   is not finite
   */
  async verify(
    weights: Readonly<Record<string, Float32Array>>,
    sets: readonly OpenVerificationSet[],
    signal?: AbortSignal,
  ): Promise<SetVerification[] | undefined> {
    await this.#model.load(weights)
    const verifications: SetVerification[] = []
    for (const set of sets) {
      const started = performance.now()
      const verification = await this.#verify(set, signal)
      if (verification === undefined) return undefined
      verifications.push({ name: set.name, verification, seconds: (performance.now() - started) / 1000 })
    }
    return verifications
  }

  close(): Promise<void> {
    return this.#model.close()
  }

  async #verify(
    { file, records }: OpenVerificationSet,
    signal: AbortSignal | undefined,
  ): Promise<Verification | undefined> {
    const measurer = new PairMeasurer({ source: file })
    for await (const record of embedRecords(records(), this.#model, { flip: true, source: file })) {
      if (signal?.aborted) return undefined
      measurer.add(record)
    }
    return verify(measurer.finish())
  }
}
