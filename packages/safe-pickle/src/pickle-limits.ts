/** Limits on what a pickle may ask for. An honest verification set of 100,000 pairs stays well below each. */

/** Longest pickle, in bytes: what Node reads in one piece. */
export const MAX_PICKLE_BYTES = 2 ** 31 - 1
/** Values pushed on the stack (marks included) and members of sets. */
export const MAX_VALUES = 2 ** 24
/** Lists, tuples, dicts, sets and arrays made. */
export const MAX_CONTAINERS = 2 ** 21
/** Entries of the memo. */
export const MAX_MEMO = 2 ** 22
/** Containers inside one another, and marks open at a time. */
export const MAX_DEPTH = 256
/** Longest integer, in bytes or in digits. */
export const MAX_INTEGER = 1024
/** Longest line of a textual opcode that is a number or a name. */
export const MAX_LINE = 4096
/** Longest string, in bytes: V8 holds no longer one. */
export const MAX_STRING_BYTES = 2 ** 28
/** Bytes copied (where text becomes bytes or an array changes its order), as a multiple of the pickle's length. */
export const MAX_COPIES = 4
/** Dimensions of an array: numpy's own limit. */
export const MAX_DIMENSIONS = 64
