/** The thread that a step runs in: builds it, then answers questions one by one. */

import { availableParallelism } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { loadLibrary, setThreads } from '@tiny-face/onednn-session'
import { DataError } from '@tiny-face/safe-files'
import { type TypedValues, UnsupportedKernel } from '../../executable.js'
import { buildStep, type StepPlan } from './build-step.js'
import type { LoweringOptions } from './builder.js'

/** What a thread is started with. */
export interface Setup {
  /** The file of oneDNN. */
  readonly library: string
  readonly lowering: LoweringOptions
  readonly threads?: number
  readonly plan: StepPlan
}

type Values = Record<string, TypedValues>

export type Question =
  | { readonly kind: 'setState'; readonly values: Readonly<Values> }
  | { readonly kind: 'getState' }
  | { readonly kind: 'step'; readonly inputs: Readonly<Values> }
  | { readonly kind: 'close' }

export type Answer = { readonly values: Values } | { readonly error: Thrown }

/** An error on its way out of the thread: its class does not come along by itself. */
export interface Thrown {
  readonly error: Error
  readonly unsupported?: { kernel: string; source?: string; target: string; why?: string }
  readonly fault?: DataError['fault']
}

const port = parentPort
if (port) run(workerData as Setup, port)

function run(
  { library: file, lowering, threads = availableParallelism(), plan }: Setup,
  port: NonNullable<typeof parentPort>,
) {
  const answer = (make: () => Values) => {
    let said: Answer
    try {
      said = { values: make() }
    } catch (error) {
      said = { error: thrown(error as Error) }
    }
    const buffers = 'values' in said ? Object.values(said.values).map(({ buffer }) => buffer as ArrayBuffer) : []
    port.postMessage(said, [...new Set(buffers)])
  }
  let step: ReturnType<typeof buildStep> | undefined
  answer(() => {
    const library = loadLibrary(file)
    setThreads(library, threads)
    step = buildStep(library, lowering, plan)
    return {}
  })
  if (!step) return port.close()
  const built = step
  port.on('message', (question: Question) => {
    answer(() => {
      switch (question.kind) {
        case 'setState':
          built.setState(question.values)
          return {}
        case 'getState':
          return built.getState()
        case 'step':
          return built.run(question.inputs)
        case 'close':
          built.close()
          return {}
      }
    })
    if (question.kind === 'close') port.close()
  })
}

function thrown(error: Error): Thrown {
  if (error instanceof UnsupportedKernel) {
    const { kernel, source, target, why } = error
    return { error, unsupported: { kernel, source, target, why } }
  }
  return error instanceof DataError ? { error, fault: { ...error.fault, cause: undefined } } : { error }
}
