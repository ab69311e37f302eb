/**
 * What an archive says of a member in front of it, where its header has no room: names of any length, sizes beyond 8 GiB.
 *
 *     type  data
 *     x, X  pax fields of the next member (POSIX.1-2001; X is Solaris'): lines `LENGTH KEY=VALUE`, see tar-header.ts
 *     g     pax fields of all members that follow
 *     L     the name of the next member (GNU)
 *     K     the target of its link, which does not matter here
 */
import { DataError } from '@tiny-face/safe-files'
import { type HeaderPlace, type TarHeader, textOf } from './tar-header.js'

/** The longest name. */
export const MAX_NAME_BYTES = 2 ** 12
/** The longest run of pax fields, which other programs put in front of a member. */
export const MAX_PAX_BYTES = 2 ** 20

const PAX_TYPES = 'xXg'
const LONG_NAME_TYPES = 'LK'
const NEWLINE = 0x0a

/** Whether the data of a header says something of other members. */
export function isOfFields({ type }: TarHeader): boolean {
  return PAX_TYPES.includes(type) || LONG_NAME_TYPES.includes(type)
}

/** @throws DataError where the data of such a header is longer than any that is honest */
export function checkFieldSize({ size, type }: TarHeader, place: HeaderPlace): void {
  const [what, most] = LONG_NAME_TYPES.includes(type) ? ['a name', MAX_NAME_BYTES] : ['pax fields', MAX_PAX_BYTES]
  if (size > most) throw new DataError({ ...place, expected: `${what} of at most ${most} bytes`, found: `${size}` })
}

/** What was said so far of the members that are still to come. */
export class MemberFields {
  readonly #forAll: PaxFields = {}
  #forNext: PaxFields = {}

  /** @throws DataError where the data is no pax fields */
  take({ type }: TarHeader, data: Buffer, place: HeaderPlace): void {
    if (type === 'L') this.#forNext.path = textOf(data)
    else if (PAX_TYPES.includes(type)) parsePax(data, type === 'g' ? this.#forAll : this.#forNext, place)
  }

  /**
   * The header of the next member, with what was said of it.
   *
   * @throws DataError where it is a sparse file, or its name or size is none
   */
  applyTo(header: TarHeader, place: HeaderPlace): TarHeader {
    const fields = { ...this.#forAll, ...this.#forNext }
    this.#forNext = {}
    return withFields(header, fields, place)
  }
}

/** The pax fields that matter here; others are not kept, of which an archive may have any number. `sparse`: any of GNU.sparse.*. */
interface PaxFields {
  path?: string | undefined
  size?: string | undefined
  sparse?: string | undefined
}

/** What pax fields say of a member in place of its header. */
function withFields(header: TarHeader, fields: PaxFields, place: HeaderPlace): TarHeader {
  const sparse = header.type === 'S' || fields.sparse !== undefined
  const name = fields.path ?? header.name
  if (sparse)
    throw new DataError({
      ...place,
      expected: 'a file with all its bytes',
      found: `the sparse file ${JSON.stringify(name)}`,
    })
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new DataError({ ...place, expected: `a name of at most ${MAX_NAME_BYTES} bytes`, found: 'a longer one' })
  const { size } = fields
  if (size === undefined) return { ...header, name }
  if (!/^\d{1,15}$/.test(size))
    throw new DataError({ ...place, expected: 'a number as pax field size', found: JSON.stringify(size) })
  return { ...header, name, size: Number(size) }
}

function parsePax(bytes: Buffer, fields: PaxFields, place: HeaderPlace): void {
  for (let at = 0; at < bytes.length; ) {
    const digits = /^\d{1,7} /.exec(bytes.toString('latin1', at, at + 8))?.[0] ?? ''
    const end = at + Number(digits)
    const equals = bytes.indexOf('=', at)
    if (end > bytes.length || equals === -1 || equals >= end || bytes[end - 1] !== NEWLINE) {
      const found = JSON.stringify(bytes.toString('latin1', at, at + 20))
      throw new DataError({ ...place, expected: 'a pax field LENGTH KEY=VALUE', found })
    }
    const key = textOf(bytes.subarray(at + digits.length, equals))
    const value = textOf(bytes.subarray(equals + 1, end - 1))
    // An empty value takes back what was said for all members.
    const field = key.startsWith('GNU.sparse.') ? 'sparse' : key
    if (field === 'path' || field === 'size' || field === 'sparse') fields[field] = value === '' ? undefined : value
    at = end
  }
}
