import * as tf from '@tensorflow/tfjs-core'
import { trace } from '@tiny-face/tfjs-compiler'
import { Scope, type ScopeOptions, type Variable } from './scope.js'

export interface Declared {
  /** In the order in which they are asked for. */
  readonly variables: Variable[]
  /** Whether anything is dropped out. */
  readonly dropsOut: boolean
}

/** What a function of a scope asks for while training; nothing is computed. */
export function declareVariables(
  build: (net: Scope) => unknown,
  { dropout, freezeStatistics, synchronise }: Pick<ScopeOptions, 'dropout' | 'freezeStatistics' | 'synchronise'> = {},
): Declared {
  const variables = new Map<string, Variable>()
  let dropsOut = false
  trace(() => {
    const net = new Scope({
      training: true,
      lookup(variable) {
        if (variables.has(variable.name)) throw new Error(`two variables are called ${variable.name}`)
        variables.set(variable.name, variable)
        return tf.fill([...variable.shape], 0) // unlike tf.zeros it makes no array
      },
      dropout,
      freezeStatistics,
      synchronise,
      random: tf.scalar(0, 'int32'),
    })
    build(net)
    dropsOut = net.dropouts > 0
    return {}
  }, {})
  return { variables: [...variables.values()], dropsOut }
}
