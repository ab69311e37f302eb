/**
 * How many classes a file has. Three places say it, and they do not always agree: the header row (as many as it has identity rows,
 * which are the runs of one label: a list that was not sorted has more of them than people), the file `property`, and the labels.
 * The labels decide: classes are 0 … the largest.
 */
import { personOf } from '@tiny-face/record-stream'
import { beginsRecord, PART_HEADER_BYTES } from '../framing/part-header.js'
import { firstLabel, IR_HEADER_BYTES, type KeyRange, RANGE_ROW_BYTES, readKeyRange } from '../image-record.js'
import { type Property, propertyPath, readProperty } from '../property-file.js'
import { findLastRecord } from './find-record-bounds.js'
import type { RecordFile } from './record-file.js'

export interface ClassCount {
  /** Undefined where nothing says it, or what says it is contradicted and the labels are not to be found without reading all. */
  classes: number | undefined
  /** How two places contradict each other. */
  conflict?: string
}

/**
 * One look decides as a rule: where labels have no gaps, the last image's is the number of identity rows less one if, and only if,
 * each person has one identity row. Else the first image of every identity row is looked at.
 *
 * @param header of the file, if it has a header row that is exact
 */
export function countClasses(file: RecordFile, header: KeyRange | undefined): ClassCount {
  const property = readProperty(propertyPath(file.path))
  if (header === undefined) return { classes: property?.classes }
  const rows = header.end - header.start
  if (file.size === undefined) return { classes: rows }
  const last = labelAt(file, lastImage(file, header))
  if (last === undefined || last === rows - 1) return { classes: rows, ...propertyConflict(property, rows) }
  const labels = labelsOfIdentities(file, header)
  const said = `its header row counts ${rows} classes`
  if (labels === undefined) {
    return { classes: undefined, conflict: `${said}, which its labels contradict; how many there are is left open` }
  }
  const largest = labels.reduce((a, b) => Math.max(a, b), 0)
  const found = `its images have ${new Set(labels).size} labels, the largest ${largest}`
  return { classes: largest + 1, conflict: `${said}, and ${found}: ${largest + 1} classes are taken` }
}

function propertyConflict(property: Property | undefined, classes: number): Pick<ClassCount, 'conflict'> {
  if (property === undefined || property.classes === classes) return {}
  return { conflict: `the file property beside it says ${property.classes} classes, and its labels ${classes}` }
}

/** Where the image before the identity rows begins. They end the file where no index says where they are. */
function lastImage(file: RecordFile, { start, end }: KeyRange): number | undefined {
  if (file.index !== undefined) return offsetOf(file, start - 1)
  const rows = file.size! - (end - start) * (PART_HEADER_BYTES + RANGE_ROW_BYTES)
  return rangeAt(file, rows) === undefined ? undefined : findLastRecord(file, rows)
}

/** The label of the first image of each identity row; undefined where one is not to be found. */
function labelsOfIdentities(file: RecordFile, { start, end }: KeyRange): number[] | undefined {
  const labels: number[] = []
  for (let key = start; key < end; key++) {
    const range = rangeAt(file, offsetOf(file, key))
    if (range !== undefined && range.start === range.end) continue
    const label = labelAt(file, range && offsetOf(file, range.start))
    if (label === undefined) return undefined
    labels.push(label)
  }
  return labels
}

function offsetOf({ index }: RecordFile, key: number): number | undefined {
  if (index === undefined) return undefined
  const { keys, offsets } = index
  // The header row comes first as a rule, or after the images.
  const entry = [key, key - 1].find(entry => keys[entry] === key) ?? Array.prototype.indexOf.call(keys, key)
  return offsets[entry]
}

function rangeAt(file: RecordFile, offset: number | undefined): KeyRange | undefined {
  const row = recordAt(file, offset, RANGE_ROW_BYTES)
  return row && readKeyRange(row)
}

function labelAt(file: RecordFile, offset: number | undefined): number | undefined {
  const head = recordAt(file, offset, IR_HEADER_BYTES + 4)
  return head && personOf(firstLabel(head))
}

/** The first bytes of the record that begins at an offset, as many as are asked for. */
function recordAt(file: RecordFile, offset: number | undefined, length: number): Uint8Array | undefined {
  if (offset === undefined || offset < 0) return undefined
  const bytes = new Uint8Array(PART_HEADER_BYTES + length)
  const size = file.readAt(bytes, offset)
  return size < bytes.length || !beginsRecord(bytes) ? undefined : bytes.subarray(PART_HEADER_BYTES)
}
