/*
 * MXNet's network, `-symbol.json`: {"nodes": [{"op": "BatchNorm", "name": "bn0", "attrs": {"eps": "2e-05", "fix_gamma": "False"}, …}, …], …}.
 * `attrs` was called `attr` and `param` in older versions. Of it only batch norms matter here: how large their epsilon is, and whether
 * their scale is taken from the file.
 */
import { statSync } from 'node:fs'
import { list, objectWith, optional, readJson, text, texts } from '@tiny-face/checked-json'
import { DataError } from '@tiny-face/safe-files'
import type { NormSettings } from '../weight-file.js'
import { MAX_SYMBOL_BYTES } from '../weight-limits.js'

/** What MXNet takes where a symbol does not say. */
const DEFAULT_EPSILON = 1e-3

const SYMBOL = objectWith({
  nodes: list(
    objectWith({
      op: text,
      name: text,
      attrs: optional(texts),
      attr: optional(texts),
      param: optional(texts),
    }),
  ),
})

/**
 * The batch norms of a network, by their names.
 *
 * @throws DataError where the file is no such JSON
 */
export function readNorms(file: string): ReadonlyMap<string, NormSettings> {
  const { size } = statSync(file)
  if (size > MAX_SYMBOL_BYTES)
    throw new DataError({ file, expected: `at most ${MAX_SYMBOL_BYTES} bytes`, found: `${size}` })
  const { nodes } = readJson(file, SYMBOL)
  const norms = new Map<string, NormSettings>()
  for (const { op, name, attrs, attr, param } of nodes) {
    if (op !== 'BatchNorm') continue
    const given = { ...param, ...attr, ...attrs }
    const epsilon = Number(given.eps ?? DEFAULT_EPSILON)
    if (!(epsilon > 0 && epsilon < 1))
      throw new DataError({ file, message: name, expected: 'an eps between 0 and 1', found: `${given.eps}` })
    // Where it is left out, MXNet fixes the scale.
    norms.set(name, { epsilon, fixedScale: !['False', 'false', '0'].includes(given.fix_gamma ?? 'True') })
  }
  return norms
}
