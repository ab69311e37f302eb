import type { Objective } from '@tiny-face/arcface-model'
import { UsageError } from '@tiny-face/safe-files'
import type { TrainingConfig } from '../config.js'

export interface ParameterRules {
  readonly weightDecay: (parameter: string) => number
  /** What the learning rate is multiplied by. */
  readonly rate: (parameter: string) => number
  readonly isFrozen: (parameter: string) => boolean
}

/**
 * Scales and offsets of batch norm, slopes of PReLU, biases: a number a channel, which decay only hurts (He et al. 2019, "Bag of Tricks",
 * arXiv:1812.01187, section 3.1).
 */
const ONE_A_CHANNEL = /\/(scale|offset|slope|bias)$/

export const isOfHead = (parameter: string) => parameter.startsWith('head/')

/** What a run's configuration says of each of its parameters. @throws UsageError where a pattern of `freeze` fits none, or the head */
export function parameterRules(
  { weightDecay, decayAll, trunkRate, freeze }: TrainingConfig,
  { variables }: Pick<Objective, 'variables'>,
): ParameterRules {
  const names = variables.filter(({ kind }) => kind === 'parameter').map(({ name }) => name)
  const patterns = freeze.map(pattern => ({ pattern, fits: fitter(pattern) }))
  const ofHead = patterns.find(({ fits }) => names.some(name => isOfHead(name) && fits(name)))
  if (ofHead) throw new UsageError(`--freeze ${ofHead.pattern} fits the head, which is new and has to learn`)
  const useless = patterns.find(({ fits }) => !names.some(fits))
  if (useless) throw new UsageError(`--freeze ${useless.pattern} fits no parameter; they are ${names.join(', ')}`)
  return {
    weightDecay: name => (decayAll || !ONE_A_CHANNEL.test(name) ? weightDecay : 0),
    rate: name => (isOfHead(name) ? 1 : trunkRate),
    isFrozen: name => patterns.some(({ fits }) => fits(name)),
  }
}

/** `*` stands for any characters. */
function fitter(pattern: string): (name: string) => boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  const expression = new RegExp(`^${escaped}$`)
  return name => expression.test(name)
}
