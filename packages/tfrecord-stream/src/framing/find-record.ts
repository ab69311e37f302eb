import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'
import { frameBytes, HEADER_BYTES, refuseOther } from './tfrecord.js'

const WINDOW = 1 << 16

/**
 * The first record of an uncompressed file that begins at byte `from` or behind it, and its number; where none does, the
 * end of the file and the number of its records.
 *
 * Walks from header to header: a TFRecord has no mark by which a reader that begins in the middle would find a record for
 * certain. The CRC of every length on the way is checked; the data is passed over.
 *
 * @throws DataError where a length is damaged or the file is cut off
 */
export function findRecord(file: string, from = Number.POSITIVE_INFINITY): { offset: number; record: number } {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const window = Buffer.allocUnsafeSlow(WINDOW)
    // Where in the file the bytes in the window begin and end.
    let start = 0
    let end = 0
    let offset = 0
    let record = 0
    while (offset < from && offset < size) {
      if (offset + HEADER_BYTES > end) {
        start = offset
        end = offset + readSync(fd, window, 0, WINDOW, offset)
      }
      const held = size - offset
      const whole =
        end - offset < HEADER_BYTES
          ? HEADER_BYTES
          : frameBytes(window, offset - start, end - start, file, offset, record)
      if (whole > held) {
        if (held < HEADER_BYTES && offset === 0) refuseOther(window.subarray(0, held), file)
        const expected =
          held < HEADER_BYTES ? `${HEADER_BYTES} bytes of a record's length` : `${whole} bytes of a record`
        throw new DataError({ file, offset, record, expected, found: `the end of the file after ${held}` })
      }
      offset += whole
      record++
    }
    return { offset, record }
  } finally {
    closeSync(fd)
  }
}
