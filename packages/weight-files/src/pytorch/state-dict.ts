import { DataError } from '@tiny-face/safe-files'
import { DialectValue, describe, type Item } from '@tiny-face/safe-pickle'
import { MAX_TENSORS } from '../weight-limits.js'
import type { TorchTensor } from './torch-dialect.js'

/** Where checkpoints keep the network's state_dict, the first that is there. */
const PLACES = [
  'state_dict',
  'state_dict_backbone',
  'model_state_dict',
  'model_state',
  'model',
  'backbone',
  'net',
  'network',
]

/**
 * The named tensors of what was saved: a state_dict, or a dict of a training run that holds one.
 *
 * @throws DataError where there is none
 */
export function stateDict(saved: Item, file: string): ReadonlyMap<string, TorchTensor> {
  for (let dict = saved; ; ) {
    if (!(dict instanceof Map)) throw noStateDict(file, dict)
    const tensors = tensorsOf(dict)
    if (tensors.size > MAX_TENSORS)
      throw new DataError({ file, expected: `at most ${MAX_TENSORS} tensors`, found: `${tensors.size}` })
    const place = PLACES.find(name => (dict as Map<Item, Item>).get(name) instanceof Map)
    if (place === undefined || tensors.size > 1) {
      if (tensors.size === 0) throw noStateDict(file, dict)
      return tensors
    }
    dict = dict.get(place)!
  }
}

function tensorsOf(dict: ReadonlyMap<Item, Item>): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>()
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof DialectValue && value.what === 'a tensor')
      tensors.set(name, value.value as TorchTensor)
  }
  return tensors
}

function noStateDict(file: string, found: Item): DataError {
  const keys =
    found instanceof Map && found.size > 0 ? ` with ${[...found.keys()].slice(0, 8).map(describe).join(', ')}` : ''
  return new DataError({ file, expected: 'a state_dict, or a dict with one', found: `${describe(found)}${keys}` })
}
