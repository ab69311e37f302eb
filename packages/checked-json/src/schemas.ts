/* Schemas that say in words what they expect. */
import * as v from 'valibot'

export const flag = v.boolean('true or false')
export const text = v.string('a text')

export function whole(minimum: number) {
  const fits = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= minimum
  return v.custom<number>(fits, `a whole number of at least ${minimum}`)
}

export function number(minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE) {
  const fits = (value: unknown) => typeof value === 'number' && value >= minimum && value <= maximum
  const least = minimum === -Number.MAX_VALUE ? 'a number' : `a number of at least ${minimum}`
  return v.custom<number>(fits, maximum === Number.MAX_VALUE ? least : `a number from ${minimum} to ${maximum}`)
}

export const positive = v.custom<number>(value => typeof value === 'number' && value > 0, 'a number over 0')

/** @param former names that were changed: of one of these, the present one comes out */
export function oneOf<const T extends string>(names: readonly T[], former: Readonly<Record<string, T>> = {}) {
  return v.pipe(
    v.picklist([...names, ...Object.keys(former)], names.join(' or ')),
    v.transform(name => (former[name] ?? name) as T),
  )
}

export function list<const S extends v.GenericSchema<unknown, unknown>>(item: S) {
  return v.array(item, 'a list')
}

/** A list of one value of each schema. */
export function tuple<const S extends v.TupleItems>(items: S) {
  return v.strictTuple(items, `a list of ${items.length}`)
}

/** An object whose fields, whatever they are called, are texts. */
export const texts = v.record(v.string(), text, 'an object of texts')

/** A field that may be left out. */
export const optional = <S extends v.GenericSchema<unknown, unknown>>(schema: S) => v.exactOptional(schema)

/** An object with these fields and no others. */
export function object<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, expectedOf)
}

/** An object with these fields, whatever others it has. */
export function objectWith<const E extends v.ObjectEntries>(entries: E) {
  return v.object(entries, expectedOf)
}

/** One of some objects, whose `kind` says which other fields it has. */
export function byKind<const K extends Readonly<Record<string, v.ObjectEntries>>>(kinds: K) {
  const options = Object.entries(kinds).map(([kind, entries]) => object({ kind: v.literal(kind), ...entries }))
  const schema = v.variant('kind', options, ({ expected }) =>
    expected === 'Object' ? 'an object' : Object.keys(kinds).join(' or '),
  )
  return schema as v.GenericSchema<unknown, OfKind<K>>
}

type OfKind<K extends Readonly<Record<string, v.ObjectEntries>>> = {
  [Kind in keyof K & string]: { readonly kind: Kind } & v.InferOutput<v.StrictObjectSchema<K[Kind], undefined>>
}[keyof K & string]

/** A value of one of some schemas; `expected` says it in words. */
export function either<const S extends v.UnionOptions>(schemas: S, expected: string) {
  return v.union(schemas, expected)
}

function expectedOf({ expected }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'no such field'
  return expected === 'Object' ? 'an object' : 'a value'
}
