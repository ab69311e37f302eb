/**
 * The fastest engine: a graph as a list of oneDNN primitives. The step runs in a thread of its own, whose calls are synchronous, so
 * that decoding and a progress bar go on beside it.
 */
import { Worker } from 'node:worker_threads'
import { installedEngine, installHint, processorFeatures } from '@tiny-face/native-engines'
import { DataError } from '@tiny-face/safe-files'
import {
  type CompileOptions,
  type Executable,
  graphOf,
  type Program,
  settableInputs,
  type Target,
  UnsupportedKernel,
} from '../../executable.js'
import type { ImageLayout, LoweringOptions } from './builder.js'
import type { Answer, Question, Setup, Thrown } from './step-thread.js'

// The built one, also where a test runs the source: Node takes no TypeScript for a thread.
const threadPath = new URL('../../../dist/targets/onednn/step-thread.js', import.meta.url)

export const onednnTarget: Target = {
  name: 'onednn',
  async compile(program, options = {}) {
    const installed = installedEngine('onednn')
    if (!installed) throw new DataError({ message: installHint('onednn') })
    return startThread(program, options, installed.library)
  },
}

async function startThread(program: Program, options: CompileOptions, library: string): Promise<Executable> {
  const graph = graphOf(program)
  settableInputs(program, graph)
  const precision = options.precision ?? 'f32'
  const setup: Setup = {
    library,
    lowering: { imageLayout: imageLayout(precision), precision },
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    plan: { graph, state: program.state, constants: program.constants ?? [], guards: program.guards ?? [] },
  }
  const thread = new Thread(setup)
  await thread.ready
  return {
    async setState(values) {
      // One tensor at a time: a message is a copy, and that of a whole state would be the peak of a run's memory.
      for (const [name, data] of Object.entries(values))
        await thread.ask({ kind: 'setState', values: { [name]: data } })
    },
    getState: () => thread.ask({ kind: 'getState' }),
    step: inputs => thread.ask({ kind: 'step', inputs }),
    close: () => thread.close(),
  }
}

/**
 * Tiles (AMX) multiply bf16 fastest in tfjs's own order, in which a Reshape is free as well; in f32, and without tiles, blocks of a
 * vector's width are faster.
 */
function imageLayout(precision: LoweringOptions['precision']): ImageLayout {
  const { amx, avx512 } = processorFeatures()
  if (amx && precision === 'bf16') return 'acdb'
  return avx512 ? 'aBcd16b' : 'aBcd8b'
}

type Values = Awaited<ReturnType<Executable['step']>>

/** Questions to the thread, answered in their order. */
class Thread {
  readonly ready: Promise<unknown>
  readonly #worker: Worker
  readonly #waiting: { resolve: (values: Values) => void; reject: (error: Error) => void }[] = []
  #ended: Error | undefined
  #closing: Promise<void> | undefined

  constructor(setup: Setup) {
    this.#worker = new Worker(threadPath, { workerData: setup })
    this.ready = new Promise<Values>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    this.#worker.on('message', (answer: Answer) => {
      const { resolve, reject } = this.#waiting.shift()!
      if ('error' in answer) reject(restored(answer.error))
      else resolve(answer.values)
    })
    this.#worker.on('error', error => this.#end(error as Error))
    this.#worker.on('exit', () => this.#end(new Error('the executable is closed')))
  }

  ask(question: Question): Promise<Values> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (this.#closing && question.kind !== 'close') return Promise.reject(new Error('the executable is closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(question)
    })
  }

  close(): Promise<void> {
    if (this.#ended) return Promise.resolve()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const exit = new Promise(resolve => this.#worker.once('exit', resolve))
    await this.ask({ kind: 'close' })
    await exit
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

function restored({ error, unsupported, fault }: Thrown): Error {
  if (unsupported) return new UnsupportedKernel(unsupported)
  return fault ? new DataError(fault) : error
}
