import { readFileSync } from 'node:fs'
import { DataError, type Fault } from '@tiny-face/safe-files'
import * as v from 'valibot'

type Schema = v.GenericSchema<unknown, unknown>

/** Where a value comes from, for messages. */
export interface CheckedPlace extends Pick<Fault, 'file' | 'record'> {
  /** What a field's path begins with. */
  readonly within?: string
}

/**
 * Reads a file of JSON.
 *
 * @throws DataError where it is no JSON, or not what the schema says: names the first field that is not
 */
export function readJson<S extends Schema>(file: string, schema: S): v.InferOutput<S> {
  return parseJson(readFileSync(file, 'utf8'), schema, { file })
}

/** The same of a text. */
export function parseJson<S extends Schema>(text: string, schema: S, place: CheckedPlace): v.InferOutput<S> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const { within, ...where } = place
    const expected = within === undefined ? 'JSON' : `JSON in ${within}`
    throw new DataError({ ...where, expected, found: (cause as Error).message, cause })
  }
  return checked(value, schema, place)
}

/** The same of a value. */
export function checked<S extends Schema>(value: unknown, schema: S, place: CheckedPlace): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const { within, ...where } = place
  const path = [...(within === undefined ? [] : [within]), ...pathOf(issue)].join('.').replaceAll('.[', '[')
  const found = issue.type === 'strict_object' && issue.expected === 'never' ? fieldOf(value, issue) : issue.input
  throw new DataError({
    ...where,
    ...(path === '' ? {} : { message: path }),
    expected: issue.message,
    found: excerpt(found),
  })
}

/** `head`, `[2]`, `margin`. */
function pathOf({ path }: v.BaseIssue<unknown>): string[] {
  return (path ?? []).map(({ type, key }) => (type === 'array' ? `[${key}]` : `${key}`))
}

/** The value of a field that should not be: of that, an issue gives only the name. */
function fieldOf(value: unknown, { path }: v.BaseIssue<unknown>): unknown {
  return (path ?? []).reduce<unknown>((found, { key }) => (found as Record<string, unknown>)[key as string], value)
}

/** A value in few characters. */
function excerpt(found: unknown): string {
  const json = JSON.stringify(found)
  return json === undefined ? 'none' : json.length <= 60 ? json : `${json.slice(0, 60)}…`
}
