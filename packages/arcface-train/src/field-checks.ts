/* Checks of values that came out of a JSON file: each says what it expects, and where in the file it found something else. */

/** What is wrong with a value out of a file. */
export interface FieldFault {
  /** Its path in the configuration: `head.margin`. */
  field: string
  expected: string
  found: unknown
}

/** Says what is wrong with a field's value, if anything is. */
export type Check = (found: unknown, field: string) => FieldFault | undefined

const value =
  (expected: string, fits: (found: unknown) => boolean): Check =>
  (found, field) =>
    fits(found) ? undefined : { field, expected, found }

export const whole = (minimum: number) =>
  value(`a whole number of at least ${minimum}`, found => Number.isSafeInteger(found) && Number(found) >= minimum)
export const number = (minimum: number, maximum = Number.MAX_VALUE) =>
  value(
    maximum === Number.MAX_VALUE ? `a number of at least ${minimum}` : `a number from ${minimum} to ${maximum}`,
    found => typeof found === 'number' && found >= minimum && found <= maximum,
  )
export const oneOf = (names: readonly string[]) => value(names.join(' or '), found => names.includes(found as string))
export const flag = value('true or false', found => typeof found === 'boolean')
export const text = value('a text', found => typeof found === 'string')

export const optional =
  (check: Check): Check =>
  (found, field) =>
    found === undefined ? undefined : check(found, field)

export const list =
  (check: Check, length?: number): Check =>
  (found, field) => {
    if (!Array.isArray(found) || found.length !== (length ?? found.length))
      return { field, expected: length === undefined ? 'a list' : `a list of ${length}`, found }
    return first(found.map((item, i) => check(item, `${field}[${i}]`)))
  }

/** An object with these fields and no others. */
export const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (found, field) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      return { field, expected: 'an object', found }
    const path = (name: string) => (field === '' ? name : `${field}.${name}`)
    const entries = found as Record<string, unknown>
    const unknown = Object.keys(entries).find(name => !Object.hasOwn(fields, name))
    return (
      first(Object.entries(fields).map(([name, check]) => check(entries[name], path(name)))) ??
      (unknown === undefined ? undefined : { field: path(unknown), expected: 'no such field', found: entries[unknown] })
    )
  }

/** An object whose `kind` says which other fields it has. */
export const byKind =
  (kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (found, field) => {
    const kind = Object(found).kind as string
    return oneOf(Object.keys(kinds))(kind, `${field}.kind`) ?? object({ kind: text, ...kinds[kind] })(found, field)
  }

const first = (faults: readonly (FieldFault | undefined)[]) => faults.find(fault => fault !== undefined)
