/** Which of onnxruntime's operators a model may use. */
import { openSession } from '@tiny-face/onnx-session'
import { encodeModel } from './model-file.js'

/** What this machine, or the purpose of a model, allows. */
export interface AvailableOperators {
  /** `com.microsoft` operators of onnxruntime, or only those of the standard. */
  readonly contrib: boolean
  /** Channels to a block of onnxruntime's blocked convolutions (8 with AVX2, 16 with AVX-512); 0 where it has none. */
  readonly block: number
}

/** Only operators of the standard: what an exported model is made of. */
export const STANDARD_OPERATORS: AvailableOperators = { contrib: false, block: 0 }

const CHANNELS = 16
const PIXELS = 2

/**
 * onnxruntime's blocked convolutions keep 8 or 16 channels together, by the vectors the processor has. It does not say which:
 * so a picture of 2 pixels is put into its blocked order, and where the first channel's second pixel comes to lie is the block.
 */
export async function probeOperators(): Promise<AvailableOperators> {
  const shape = [1, CHANNELS, 1, PIXELS]
  const model = encodeModel({
    name: 'probe',
    nodes: [{ op: 'ReorderInput', domain: 'com.microsoft.nchwc', inputs: ['x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [{ name: 'x', type: 'float32', shape }],
    outputs: [{ name: 'y', type: 'float32', shape }],
  })
  const session = await openSession(model, { threads: 1, optimization: 'disabled' }).catch(() => undefined)
  if (!session) return { contrib: true, block: 0 }
  try {
    const x = Float32Array.from({ length: CHANNELS * PIXELS }, (_, index) => index)
    const result = await session.run({ x: { dtype: 'float32', shape, data: x } })
    const block = (result.y!.data as Float32Array).indexOf(1)
    return { contrib: true, block: block === 8 || block === 16 ? block : 0 }
  } catch {
    return { contrib: true, block: 0 }
  } finally {
    await session.close()
  }
}
