import { NETWORK_NAMES } from '../../typed-names.js'
import { type NameTable, OWN } from '../name-table.js'

/** What arcface-export writes, of any of our networks, which takes what it takes. Layers have their own names, so there are no rows. */
export const tinyFace: NameTable = {
  name: 'tiny-face',
  source: 'arcface-export',
  tensors: OWN,
  networks: NETWORK_NAMES,
  epsilon: 1e-5,
  layers: [],
  leftOut: [/^%/],
}
