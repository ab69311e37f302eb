/**
 * Limits on what a pickle may ask for, so that memory stays in proportion to the file. An honest verification set of a
 * million pairs stays well below each. Those that count things allow one more for every `BYTES_FOR_MORE` bytes of the pickle.
 */
export const BYTES_FOR_MORE = 64
/** Values pushed on the stack (marks included) and members of sets copied. */
export const MAX_VALUES = 2 ** 22
/** Lists, tuples, dicts, sets, arrays, texts, byte strings and long integers made. */
export const MAX_OBJECTS = 2 ** 20
/** Entries of the memo. */
export const MAX_MEMO = 2 ** 20
/** Longest pickle that is read from memory, in bytes. */
export const MAX_PICKLE_BYTES = 2 ** 31 - 1
/** Containers inside one another, and marks open at a time. */
export const MAX_DEPTH = 256
/** Longest integer, in bytes or in digits. */
export const MAX_INTEGER = 1024
/** Longest line of a textual opcode that is a number or a name. */
export const MAX_LINE = 4096
/** Longest text or escaped byte string, in bytes: V8 holds no longer string. */
export const MAX_STRING_BYTES = 2 ** 28
/** Bytes copied (where text becomes bytes or an array changes its order), as a multiple of the pickle's length. */
export const MAX_COPIES = 4
/** Dimensions of an array: numpy's own limit. */
export const MAX_DIMENSIONS = 64
