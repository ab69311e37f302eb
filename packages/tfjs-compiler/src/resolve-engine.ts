/** Which engine a program runs on, and in which precision, on this machine. */

import { installedEngine, installHint, type ProcessorFeatures, processorFeatures } from '@tiny-face/native-engines'
import { DataError, UsageError } from '@tiny-face/safe-files'
import type { EngineName, Precision } from './engine-names.js'
import { multipliesBf16Faster } from './targets/onednn/bf16-speed.js'

export interface EngineWish {
  /** `auto` where left out: the fastest that is there. */
  readonly engine?: EngineName | 'auto' | undefined
  /** Where left out, bf16 where the engine has it and the processor multiplies it faster than f32, else f32. */
  readonly precision?: Precision | undefined
}

export interface EngineChoice {
  readonly engine: EngineName
  readonly precision: Precision
  /** What would be faster and why it was not taken, where nobody asked for an engine by name. */
  readonly remark?: string
}

/** What a choice depends on. */
export interface Machine {
  readonly processor: Pick<ProcessorFeatures, 'avx2' | 'avx512' | 'bf16'>
  readonly hasOneDnn: boolean
  /** Whether bf16 is faster than f32, where the processor multiplies both: asked only if it matters, since it is measured. */
  readonly bf16IsFaster: () => boolean
  /** Whether this is a system that oneDNN can be installed on. */
  readonly couldHave: boolean
}

/** What `auto` takes where it can. Nothing else computes in bf16. */
const FASTEST = 'onednn' satisfies EngineName

function thisMachine(): Machine {
  const installed = installedEngine(FASTEST)
  return {
    processor: processorFeatures(),
    hasOneDnn: installed !== undefined,
    bf16IsFaster: () => installed !== undefined && multipliesBf16Faster(installed.library),
    couldHave: process.platform === 'linux' && process.arch === 'x64',
  }
}

/**
 * Settles what a person left open.
 *
 * @throws DataError where oneDNN is asked for and not installed; UsageError where the engine does not compute in that precision
 */
export function resolveEngine({ engine = 'auto', precision }: EngineWish = {}, machine = thisMachine()): EngineChoice {
  const { processor, hasOneDnn, bf16IsFaster, couldHave } = machine
  const needsFastest = engine === FASTEST || (engine === 'auto' && precision === 'bf16')
  if (needsFastest && !hasOneDnn) throw new DataError({ message: installHint(FASTEST) })
  if (needsFastest && precision === 'bf16' && processor.avx512 === false) throw new UsageError(NO_BF16)
  if (needsFastest || (engine === 'auto' && hasOneDnn && processor.avx2)) {
    return { engine: FASTEST, precision: precision ?? (processor.bf16 && bf16IsFaster() ? 'bf16' : 'f32') }
  }
  if (engine === 'auto') {
    const missing = couldHave && processor.avx2 ? { remark: installHint(FASTEST) } : {}
    return { engine: 'onnx', precision: 'f32', ...(hasOneDnn ? { remark: UNFIT } : missing) }
  }
  if (precision === 'bf16') throw new UsageError(`engine ${engine} computes in f32; only ${FASTEST} computes in bf16`)
  return { engine, precision: 'f32' }
}

const NO_BF16 = `engine ${FASTEST} computes in bf16 only on a processor with AVX-512, which this one has not: take f32`
const UNFIT = `engine ${FASTEST} needs a processor with AVX2`
