import type { Objective } from './objective.js'

/** An objective some of whose parameters stay as they are: they are given like the others, and have no gradient. */
export function freeze(objective: Objective, isFrozen: (parameter: string) => boolean): Objective {
  const variables = objective.variables.map(variable =>
    variable.kind === 'parameter' && isFrozen(variable.name) ? { ...variable, kind: 'constant' as const } : variable,
  )
  return { ...objective, variables }
}
