/**
 * insightface's `property` in a dataset's folder: one line of text, `classes,height,width`; its rec_builder.py adds a second,
 * the number of images.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Property {
  classes: number
  height: number
  width: number
}

/** The file's name in the folder of a `.rec`. */
export function propertyPath(path: string): string {
  return join(dirname(path), 'property')
}

/** @returns undefined where there is none, or it is another program's file of that name */
export function readProperty(file: string): Property | undefined {
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
  const match = /^(\d{1,9}),(\d{1,6}),(\d{1,6})\s*(?:\n\d+\s*)?$/.exec(text)
  return match === null ? undefined : { classes: Number(match[1]), height: Number(match[2]), width: Number(match[3]) }
}

export function formatProperty({ classes, height, width }: Property): string {
  return `${classes},${height},${width}`
}
