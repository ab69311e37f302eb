/* How a network's input is normalised: as is asked for, else as its metadata says, else what is left to do where it normalises itself. */
import type { ModelGraph, TensorDtype } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import { describeNormalisation, type Normalisation, type Preprocess } from '../preprocess.js'
import { PREPROCESS_NAMES } from '../typed-names.js'
import {
  type BuiltInNormalisation,
  builtInNormalisation,
  describeBuiltIn,
  inputUnits,
  orderOf,
} from './built-in-normalisation.js'
import type { ImageInput } from './image-input.js'
import { holds, isInputType } from './number-types.js'

/**
 * @param known what is asked for and, in its absence, what the metadata says; `asked` whether anything was asked for
 * @throws DataError where that is not enough, or does not suit the input
 */
export function chooseNormalisation(
  file: string,
  graph: ModelGraph,
  { value, shape: { channels } }: ImageInput,
  { known, asked, remark }: { known: Partial<Preprocess>; asked: boolean; remark: (text: string) => void },
): Normalisation {
  const inside = builtInNormalisation(graph, value.name, channels)
  const normalisation = complete(known, inside, channels)
  if (normalisation === undefined) throw unsaid(file, inside, known)
  const { mean, std } = normalisation
  if (channels === 1 && !(isOne(mean) && isOne(std)))
    throw new DataError({
      file,
      message: 'it takes one channel of grey',
      expected: 'one mean and one std',
      found: describeNormalisation(normalisation),
    })
  if (!holdsNormalised(value.dtype, normalisation))
    throw new DataError({
      file,
      message: `its input is of ${value.dtype}, whole numbers`,
      expected: `a preprocessing that gives them, as --preprocess ${value.dtype === 'int8' ? '"mean=128 std=1"' : 'raw'} does`,
      found: describeNormalisation(normalisation, channels),
    })
  const said = inside && aboutInside(inside, normalisation, { channels, asked })
  if (said) remark(`${file}: ${said}`)
  return normalisation
}

/** What is known, and what follows where the network normalises itself; undefined where that leaves something open. */
function complete(
  { order: saidOrder, mean: saidMean, std: saidStd }: Partial<Preprocess>,
  inside: BuiltInNormalisation | undefined,
  channels: 1 | 3,
): Normalisation | undefined {
  const unit = inside && inputUnits(inside).std
  const order = saidOrder ?? (channels === 1 ? 'rgb' : inside && orderOf(inside))
  const mean = saidMean ?? (unit === undefined ? undefined : ([0, 0, 0] as const))
  const std = saidStd ?? (unit === undefined ? undefined : ([unit, unit, unit] as const))
  return order && mean && std && { order, mean, std }
}

function isOne([first, ...rest]: readonly number[]): boolean {
  return rest.every(value => value === first)
}

/** Whether an input of a number type can be normalised so. */
export function holdsNormalised(dtype: TensorDtype, { mean, std }: Normalisation): boolean {
  if (!isInputType(dtype)) return true
  return mean.every((m, c) =>
    holds(
      dtype,
      Float32Array.from({ length: 256 }, (_, x) => (x - m) / std[c]!),
    ),
  )
}

function unsaid(file: string, inside: BuiltInNormalisation | undefined, known: Partial<Preprocess>): DataError {
  if (inside === undefined || known.mean !== undefined || known.std !== undefined) {
    const missing = (['order', 'mean', 'std'] as const).filter(key => known[key] === undefined)
    const what = missing.length === 3 ? 'how its input is normalised' : `the ${missing.join(', ')} of its input`
    return new DataError({
      file,
      message: `the model does not say ${what}; name it with --preprocess (${PREPROCESS_NAMES.join(', ')}, or order=, mean= and std=), or let --sweep find it`,
    })
  }
  const { text } = inputUnits(inside)
  return new DataError({
    file,
    message: `the model normalises its input itself, ${describeBuiltIn(inside)}, but does not say whether it is RGB or BGR: --preprocess "${text} order=rgb" or "${text} order=bgr"`,
  })
}

/** What to say of a network that normalises its input itself, where there is something. */
function aboutInside(
  inside: BuiltInNormalisation,
  normalisation: Normalisation,
  { channels, asked }: { channels: 1 | 3; asked: boolean },
): string | undefined {
  const { std, text } = inputUnits(inside)
  const left = normalisation.mean.every(value => value === 0) && normalisation.std.every(value => value === std)
  const how = describeNormalisation(normalisation, channels)
  const what = `normalises its input itself, ${describeBuiltIn(inside)}`
  if (left) return `${what}; it is given ${how}`
  return asked ? `${what}, and ${how} comes on top; --preprocess "${text}" leaves it alone` : undefined
}
