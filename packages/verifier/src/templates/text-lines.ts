import { closeSync, openSync } from 'node:fs'
import { DataError, readChunk } from '@tiny-face/safe-files'

/** The longest line of a list that is read. */
export const MAX_LINE_BYTES = 1 << 16

/** A line's fields, which spaces part. */
export interface Line {
  /** From 1. */
  number: number
  fields: string[]
}

/**
 * The lines of a text file that have something in them, one after another, however long the file.
 *
 * @throws DataError for a line of more than MAX_LINE_BYTES
 */
export function* textLines(file: string): Generator<Line, void, undefined> {
  const fd = openSync(file, 'r')
  try {
    let bytes = Buffer.alloc(0)
    let number = 0
    for (let ended = false; !ended; ) {
      const chunk = Buffer.allocUnsafe(1 << 20)
      const size = readChunk(fd, chunk)
      ended = size === 0
      bytes = Buffer.concat([bytes, ended ? Buffer.from('\n') : chunk.subarray(0, size)])
      let start = 0
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        number++
        const text = bytes.toString('utf8', start, Math.min(end, start + MAX_LINE_BYTES)).trim()
        if (end - start > MAX_LINE_BYTES) throw longLine(file, number)
        start = end + 1
        if (text !== '') yield { number, fields: text.split(/[ \t]+/) }
      }
      bytes = bytes.subarray(start)
      if (bytes.length > MAX_LINE_BYTES) throw longLine(file, number + 1)
    }
  } finally {
    closeSync(fd)
  }
}

/** What is wrong with a line. */
export function lineError(file: string, { number, fields }: Line, expected: string): DataError {
  const text = fields.join(' ')
  const found = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  return new DataError({ file, message: `line ${number}`, expected, found })
}

function longLine(file: string, number: number): DataError {
  return new DataError({ file, message: `line ${number}`, expected: `at most ${MAX_LINE_BYTES} bytes`, found: 'more' })
}
