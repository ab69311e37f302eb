/**
 * insightface's `property` in a dataset's folder: a line of text, `classes,height,width`; its rec_builder.py adds a second,
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

/**
 * The first line of three whole numbers, parted by commas or blanks; what else people write into the file (names of columns, a byte
 * order mark, Windows' line ends, the number of images) is passed over.
 *
 * @returns undefined where there is no such file or no such line: another program's file may have that name
 */
export function readProperty(file: string): Property | undefined {
  for (const line of textOf(file).split('\n')) {
    const words = line.trim().split(/[\s,]+/)
    if (words.length !== 3 || !words.every(word => /^\d{1,9}$/.test(word))) continue
    const [classes, height, width] = words.map(Number) as [number, number, number]
    return { classes, height, width }
  }
  return undefined
}

/** Empty where the file cannot be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

export function formatProperty({ classes, height, width }: Property): string {
  return `${classes},${height},${width}`
}
