/* How much memory a shuffle takes. This file imports nothing, so that a command's help loads no shuffle. */

/** The bytes of entries held at once: 1 GiB. */
export const SHUFFLE_MEMORY = 2 ** 30

/** The least that a shuffle is given on a command line: 1 MiB. With less it would only read and write the more often. */
export const LEAST_MEMORY = 2 ** 20
