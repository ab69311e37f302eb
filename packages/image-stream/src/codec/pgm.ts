/**
 * PGM, the grey one of Netpbm's formats (spec: https://netpbm.sourceforge.net/doc/pgm.html), 8 bit and binary:
 *
 *     P5 <space> width <space> height <space> maximum <one space> height * width bytes, row by row
 *
 * A space is one or more white characters; between them, `#` begins a comment that goes to the end of its line. 255 is white
 * where the maximum is 255; other maxima are scaled to it.
 *
 * A file whose header ends its lines in CR LF may have been damaged by a text-mode transfer: see restoreNewlines.
 */
import { DataError } from '@tiny-face/safe-files'
import { MAX_IMAGE_PIXELS, type Pixels } from './pixels.js'
import { restoreNewlines } from './restore-newlines.js'

/** Longest header that is looked at, in bytes. */
export const MAX_PGM_HEADER = 4096

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const HEADER = /^P5(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s/

/**
 * @returns pixels `[height, width, 1]`
 * @throws DataError for a malformed header, more than 8 bits a pixel, or any other number of bytes than it says
 */
export function readPgm(file: Uint8Array): Pixels {
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length) // a Buffer's slice would not be a copy
  const header = readHeader(bytes)
  const { width, height, maximum } = header
  const data = pixelBytes(bytes, header)
  return { pixels: maximum === 255 ? data : data.map(value => scaled(value, maximum)), height, width }
}

interface Header {
  width: number
  height: number
  maximum: number
  /** Where the pixels begin. */
  offset: number
}

function readHeader(bytes: Uint8Array): Header {
  const head = Buffer.from(bytes.subarray(0, MAX_PGM_HEADER)).toString('latin1')
  const match = HEADER.exec(head)
  if (!match)
    throw new DataError({ offset: 0, expected: 'a PGM header (P5 width height maximum)', found: quoted(head) })
  const [width, height, maximum] = match.slice(1).map(Number) as [number, number, number]
  if (width * height === 0 || width * height > MAX_IMAGE_PIXELS) {
    throw new DataError({ offset: 0, expected: `1 to ${MAX_IMAGE_PIXELS} pixels`, found: `${width}x${height}` })
  }
  if (maximum < 1 || maximum > 255) {
    throw new DataError({ offset: 0, expected: 'a maximum of 1 to 255', found: `${maximum}` })
  }
  return { width, height, maximum, offset: match[0].length }
}

function pixelBytes(bytes: Uint8Array, { width, height, offset }: Header): Uint8Array {
  const length = width * height
  const found = bytes.length - offset
  if (found === length) return bytes.slice(offset)
  const textMode = bytes[offset - 1] === CARRIAGE_RETURN && bytes[offset] === NEWLINE
  const restored = textMode ? restoreNewlines(bytes.subarray(offset + 1), length, width) : undefined
  if (!restored) throw new DataError({ offset, expected: `${length} bytes of pixels`, found: `${found}` })
  return restored
}

function scaled(value: number, maximum: number): number {
  return Math.round((Math.min(value, maximum) * 255) / maximum)
}

function quoted(head: string): string {
  return JSON.stringify(head.slice(0, 20)).replace(/[^\x20-\x7e]/g, '?')
}

/** @param image grey: pixels `[height, width, 1]` */
export function writePgm({ pixels, height, width }: Pixels): Uint8Array {
  if (pixels.length !== height * width) throw new RangeError('a PGM is grey')
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), pixels])
}
