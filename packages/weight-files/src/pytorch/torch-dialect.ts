/*
 * What a PyTorch checkpoint's pickle holds beyond plain data (torch/serialization.py, torch/_utils.py):
 *
 *     persistent id  ('storage', torch.FloatStorage, KEY, device, number of elements[, None])
 *                    numbers that lie outside of the pickle, under KEY
 *     tensor         torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks[, metadata])
 *                    offset and strides count elements
 *     parameter      torch._utils._rebuild_parameter(tensor, requires_grad, hooks)
 *     dict           collections.OrderedDict(), then its items, then BUILD of its attributes
 *
 * All are functions here; nothing of PyTorch is there to be run, and every other name is refused.
 */
import { type Construct, DialectValue, describe, type Item, isTuple, PickleGlobal } from '@tiny-face/safe-pickle'
import type { NumberType } from '../number-types.js'
import { numbersOf } from '../tensor-shape.js'

type Machine = Parameters<Construct>[0]

export interface TorchStorage {
  readonly key: string
  readonly type: NumberType
  /** Numbers in it. */
  readonly length: number
}

export interface TorchTensor {
  readonly storage: TorchStorage
  /** Its first number's place in the storage. */
  readonly offset: number
  readonly shape: readonly number[]
  /** Numbers from one index of an axis to the next; never negative. */
  readonly strides: readonly number[]
}

const STORAGES: ReadonlyMap<string, NumberType> = new Map([
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
])

/** Classes whose objects lie about in checkpoints beside the weights. They are taken as things without parts. */
const INERT = [
  'argparse.Namespace',
  'collections.Counter',
  'pathlib.PosixPath',
  'torch.Size',
  'torch.device',
  'pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint',
  'pytorch_lightning.utilities.parsing.AttributeDict',
  'lightning_fabric.utilities.data.AttributeDict',
  'lightning.fabric.utilities.data.AttributeDict',
  'omegaconf.dictconfig.DictConfig',
]

const TYPES = ['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool']

export const TORCH_GLOBALS: ReadonlyMap<string, Construct | undefined> = new Map<string, Construct | undefined>([
  ['collections.OrderedDict', orderedDict],
  ['collections.defaultdict', () => new Map()],
  ['torch._utils._rebuild_tensor', tensor],
  ['torch._utils._rebuild_tensor_v2', tensor],
  ['torch._utils._rebuild_parameter', parameter],
  ['torch._utils._rebuild_parameter_with_state', parameter],
  ['torch.nn.parameter.Parameter', parameter],
  ...[...STORAGES.keys()].map((name): [string, undefined] => [name, undefined]),
  ...TYPES.map((name): [string, undefined] => [`torch.${name}`, undefined]),
  ['builtins.dict', undefined],
  ['builtins.int', undefined],
  ['builtins.list', undefined],
  ...INERT.map((name): [string, Construct] => [name, () => new DialectValue(name, undefined)]),
])

export const TORCH_DIALECT = { globals: TORCH_GLOBALS, persistent: storage }

function storage(machine: Machine, id: Item): DialectValue<TorchStorage> {
  const [kind, type, key, , length, view] = isTuple(id) ? (id as Item[]) : []
  const numbers = type instanceof PickleGlobal ? STORAGES.get(type.name) : undefined
  const text = machine.shortText(kind) === 'storage' ? keyOf(key) : undefined
  if (numbers === undefined || text === undefined || !isWhole(length) || (view !== undefined && view !== null))
    throw machine.error("a persistent id ('storage', type, key, device, length)", describe(id))
  numbersOf([length], (expected, found) => {
    throw machine.error(expected, found)
  })
  return new DialectValue('a storage', { key: text, type: numbers, length })
}

/** A storage's name is a text of digits. */
function keyOf(key: Item | undefined): string | undefined {
  return typeof key === 'string' && /^\d{1,20}$/.test(key) ? key : undefined
}

function tensor(machine: Machine, [from, offset, shape, strides]: Item[]): DialectValue<TorchTensor> {
  if (!(from instanceof DialectValue) || from.what !== 'a storage')
    throw machine.error("a tensor's storage", describe(from))
  const fail = (expected: string, found: string): never => {
    throw machine.error(expected, found)
  }
  if (!isWhole(offset)) fail("a tensor's offset of at least 0", describe(offset))
  if (!isTuple(shape) || !isTuple(strides) || shape.length !== strides.length)
    throw machine.error("a tensor's shape and as many strides", `${describe(shape)}, ${describe(strides)}`)
  const count = numbersOf(shape, fail)
  if (!strides.every(isWhole)) fail('strides of at least 0', `(${strides.map(describe).join(', ')})`)
  const storage = from.value as TorchStorage
  const made: TorchTensor = {
    storage,
    offset: offset as number,
    shape: [...(shape as unknown as number[])],
    strides: [...(strides as unknown as number[])],
  }
  const end = count === 0 ? 0 : lastOf(made) + 1
  if (end > storage.length)
    fail(
      `a tensor within its storage of ${storage.length} numbers`,
      `[${made.shape.join(', ')}] with strides (${made.strides.join(', ')}) from ${offset} on`,
    )
  // Strides of 0 would make any number of values out of one.
  if (count > storage.length)
    fail(`a tensor of at most the ${storage.length} numbers of its storage`, `[${made.shape.join(', ')}]`)
  return new DialectValue('a tensor', made)
}

/** The place in its storage of the last of a tensor's numbers. */
export function lastOf({ offset, shape, strides }: TorchTensor): number {
  return shape.reduce((last, extent, axis) => last + (extent - 1) * strides[axis]!, offset)
}

function parameter(machine: Machine, [data]: Item[]): DialectValue {
  if (!(data instanceof DialectValue) || data.what !== 'a tensor')
    throw machine.error("a parameter's tensor", describe(data))
  return data
}

/** Python 2 pickles give the items to the call. */
function orderedDict(machine: Machine, [items]: Item[]): Map<Item, Item> {
  const map = new Map<Item, Item>()
  if (items === undefined) return map
  if (!Array.isArray(items)) throw machine.error("an OrderedDict's items", describe(items))
  machine.countValues(items.length)
  for (const pair of items) {
    if (!Array.isArray(pair) || pair.length !== 2) throw machine.error('a pair of key and value', describe(pair))
    map.set(pair[0]!, pair[1]!)
  }
  return map
}

function isWhole(item: Item | undefined): item is number {
  return Number.isSafeInteger(item) && (item as number) >= 0
}
