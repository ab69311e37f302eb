/**
 * Attributes from JSON, joined to records by a field that both have.
 *
 *     record {id: 7, label: 3, image}  +  {"id": 7, "age": 30, "hat": true}  =  {id: 7, label: 3, image, age: 30, hat: true}
 *
 * The attributes are JSON Lines, an array of objects, or an object of objects under their keys ({"7": {"age": 30}, …}: a file
 * whose first object has an object as its first value, unless its name ends in .jsonl or .ndjson). They go to disk first, by
 * key; then the records pass by, in their order, whatever the sizes of both.
 *
 * Keys are compared as text, so that 7 and "7" are one.
 */
import { closeSync, openSync } from 'node:fs'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { AttributeStore } from './attribute-store.js'
import type { JsonItem } from './json-assembly.js'
import { shown } from './json-values.js'
import { readJson } from './read-json.js'
import { recordFields } from './record-fields.js'

export interface JoinOptions {
  /** The field that records and attributes are matched by. */
  by: string
  /** The one field that takes the attributes, as a map; by default each is a field of its own. */
  under?: string
  /** Of the records, for messages. */
  source?: string
}

/**
 * Reads attributes to disk.
 *
 * @param folder for the scratch files
 * @throws DataError with file and line for what is no JSON, an object without the field, and a key that comes twice
 */
export function storeAttributes(file: string, { by, folder }: { by: string; folder?: string }): AttributeStore {
  const store = new AttributeStore(folder)
  const fd = openSync(file, 'r')
  try {
    for (const item of readJson(fd, { file, keyed: !/\.(jsonl|ndjson)$/i.test(file) })) {
      const [key, attributes] = keyed(item, by)
      store.add(key, attributes)
    }
    store.seal()
    return store
  } catch (error) {
    store.close()
    throw placed(error, { file })
  } finally {
    closeSync(fd)
  }
}

function keyed({ value, file, line, key }: JsonItem, by: string): [string, DataMap] {
  try {
    const { [by]: own, ...attributes } = value as Record<string, unknown>
    const found = key ?? keyOf(own)
    if (found === undefined) throw new DataError({ expected: `a number or a string as ${by}`, found: shown(own) })
    return [found, recordFields(attributes)]
  } catch (error) {
    throw placed(error, { file: `${file}:${line}` })
  }
}

function keyOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

/**
 * The records, in order, each with its attributes after its own fields; those that have none as they are.
 *
 * @throws DataError that names record and field, where a record has a field of an attribute's name already
 */
export function* joinAttributes(
  records: Iterable<DataMap>,
  store: AttributeStore,
  { by, under, source }: JoinOptions,
): Generator<{ record: DataMap; matched: boolean }> {
  let count = 0
  for (const record of records) {
    const key = keyOf(record[by])
    const attributes = key === undefined ? undefined : store.find(key)
    if (attributes === undefined) yield { record, matched: false }
    else {
      const added = under === undefined ? attributes : { [under]: attributes }
      const taken = Object.keys(added).find(name => Object.hasOwn(record, name))
      if (taken !== undefined) {
        const message = `has a field ${JSON.stringify(taken)} already; --under puts the attributes in a field of their own`
        throw new DataError({ file: source, record: count, id: record.id, message })
      }
      yield { record: { ...record, ...added }, matched: true }
    }
    count++
  }
}
