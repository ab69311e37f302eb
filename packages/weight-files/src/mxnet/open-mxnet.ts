import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { FileBytes } from '../file-bytes.js'
import { toFloat32 } from '../number-types.js'
import { noSuchTensor, type WeightFile } from '../weight-file.js'
import { readArrayList } from './ndarray-list.js'
import { readNorms } from './symbol.js'

/** `model-0000.params` of an epoch lies beside the `model-symbol.json` of them all. */
const PARAMS = /-\d{4}\.params$/
const SYMBOL = '-symbol.json'

/**
 * The one .params that a `-symbol.json` has beside it.
 *
 * @returns undefined for a file of another name
 * @throws DataError where it has none, or several
 */
export function paramsBeside(symbol: string): string | undefined {
  if (!symbol.endsWith(SYMBOL)) return undefined
  const stem = basename(symbol).slice(0, -SYMBOL.length)
  const names = readdirSync(dirname(symbol)).filter(name => PARAMS.test(name) && name.replace(PARAMS, '') === stem)
  const [only] = names.sort()
  if (only !== undefined && names.length === 1) return join(dirname(symbol), only)
  throw new DataError({
    file: symbol,
    expected: `one ${stem}-0000.params beside it, or the .params itself`,
    found: only === undefined ? 'none' : names.slice(0, 8).join(', '),
  })
}

/**
 * A network of MXNet: its arrays, and of its symbol the settings of batch norms. Names lose their `arg:` and `aux:`.
 *
 * @throws DataError where a file is damaged, or the symbol is missing
 */
export function openMxnet(bytes: FileBytes): WeightFile {
  const { file } = bytes
  const arrays = new Map([...readArrayList(bytes)].map(([name, array]) => [name.replace(/^(arg|aux):/, ''), array]))
  const symbol = file.replace(PARAMS, SYMBOL)
  if (symbol === file || !existsSync(symbol))
    throw new DataError({
      file,
      expected: `${symbol === file ? 'a file NAME-0000.params and its NAME-symbol.json' : symbol} beside it, which says what its batch norms do`,
      found: 'none',
    })
  return {
    file,
    format: 'mxnet',
    tensors: arrays,
    norms: readNorms(symbol),
    read(name) {
      const array = arrays.get(name)
      if (array === undefined) throw noSuchTensor(file, name)
      return toFloat32(bytes.read(array.start, array.length, name), array.type)
    },
    close: () => bytes.close(),
  }
}
