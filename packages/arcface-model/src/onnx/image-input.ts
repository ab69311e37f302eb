/* Which of a model's inputs is the image, what shape it has, and what the others are fed with. */
import type { TypedTensor, ValueInfo } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import { type InputShape, inputSize } from '../network-input.js'
import type { Preprocess } from '../preprocess.js'
import { showValue, showValues } from './show-values.js'

/** Height and width where neither the model nor anybody says them: what face networks have taken since SphereFace. */
const USUAL_SIZE = 112
/** Numbers of one run's input: 2,000 images of 112x112. */
export const MAX_INPUT_VALUES = 2 ** 26

export interface ImageInput {
  readonly value: ValueInfo
  readonly shape: InputShape & { readonly channels: 1 | 3 }
  /** The batch size that is built in; null where any will do. */
  readonly batch: number | null
  /** Whether height and width may be any. */
  readonly freeSize: boolean
  /** Whether the size is USUAL_SIZE for want of anything that says it. */
  readonly usualSize: boolean
  /** The input's extents for so many images. */
  extents(images: number): number[]
  /** Inputs beside the image that are flags, as `phase_train` is: false. */
  readonly flags: Readonly<Record<string, TypedTensor>>
}

const EXPECTED =
  'an input of [batch, 3, height, width] or [batch, height, width, 3], in colour or with 1 channel of grey'

/**
 * @param known what the model's metadata or a person says: a layout and size, where the input leaves them open
 * @throws DataError where no input is an image, several are, or one is neither an image nor a flag
 */
export function imageInput(
  file: string,
  inputs: readonly ValueInfo[],
  known: Pick<Partial<Preprocess>, 'layout' | 'size'>,
): ImageInput {
  const [value, second] = inputs.filter(({ shape }) => shape.length === 4 || shape.length === 3)
  if (value === undefined) throw new DataError({ file, expected: EXPECTED, found: showValues(inputs) })
  const others = inputs.filter(input => input !== value && !isFlag(input))
  if (second !== undefined || others.length > 0)
    throw new DataError({
      file,
      expected: 'a model with one input, apart from flags',
      found: `${inputs.length}: ${showValues(inputs)}`,
    })
  const [batch, ...sides] = value.shape.length === 4 ? value.shape : [1, ...value.shape]
  const { layout, channels, height, width } = imageShape(file, value, sides, known.layout)
  const asked = known.size ?? USUAL_SIZE
  const shape = { layout, channels, height: height ?? asked, width: width ?? asked }
  if (inputSize(shape) * (batch ?? 1) > MAX_INPUT_VALUES)
    throw new DataError({ file, expected: `an input of at most ${MAX_INPUT_VALUES} numbers`, found: showValue(value) })
  const freeSize = height === null && width === null
  const image = layout === 'nchw' ? [channels, shape.height, shape.width] : [shape.height, shape.width, channels]
  return {
    value,
    shape,
    batch: batch ?? null,
    freeSize,
    usualSize: freeSize && known.size === undefined,
    extents: images => (value.shape.length === 4 ? [images, ...image] : image),
    flags: Object.fromEntries(inputs.filter(isFlag).map(({ name, shape }) => [name, flag(shape.map(() => 1))])),
  }
}

function imageShape(
  file: string,
  value: ValueInfo,
  [a, b, c]: readonly (number | null | undefined)[],
  known: InputShape['layout'] | undefined,
): { layout: InputShape['layout']; channels: 1 | 3; height: number | null; width: number | null } {
  const channelsAt = (side: number | null | undefined): 1 | 3 | undefined =>
    side === 3 || side === 1 ? side : undefined
  // Where a layout is said, channels that the model leaves open are colours.
  const nchw = channelsAt(a) ?? (known === 'nchw' && a === null ? (3 as const) : undefined)
  const nhwc = channelsAt(c) ?? (known === 'nhwc' && c === null ? (3 as const) : undefined)
  const layouts = [
    ...(nchw === undefined ? [] : [{ layout: 'nchw' as const, channels: nchw, height: b!, width: c! }]),
    ...(nhwc === undefined ? [] : [{ layout: 'nhwc' as const, channels: nhwc, height: a!, width: b! }]),
  ].filter(({ height, width }) => height !== 0 && width !== 0)
  const fitting = layouts.length > 1 ? layouts.filter(({ layout }) => layout === known) : layouts
  if (fitting.length === 1) return fitting[0]!
  const hint = layouts.length > 1 || [a, b, c].every(side => side === null)
  throw new DataError({
    file,
    expected: hint ? `${EXPECTED}: --preprocess layout=nchw or layout=nhwc says which` : EXPECTED,
    found: showValue(value),
  })
}

function isFlag({ dtype, shape }: ValueInfo): boolean {
  return dtype === 'bool' && shape.length <= 1 && shape.every(extent => extent === null || extent === 1)
}

function flag(shape: readonly number[]): TypedTensor {
  return { dtype: 'bool', shape, data: Uint8Array.of(0) }
}
