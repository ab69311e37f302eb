import { type JpegHeader, MARKER } from './jpeg-header.js'
import type { JpegScan } from './jpeg-scan.js'

/**
 * The same image without oddities that libjpeg warns of, or that libvips refuses, though they change no pixel:
 *
 * - bytes between two segments that belong to none: left out
 * - the scan header of a sequential JPEG without its constants Ss = 0, Se = 63, AhAl = 0 (Samsung's phones write three zeros)
 * - JFIF of a major version other than 1, and a colour transform of Adobe's that is not defined: libjpeg takes version 1 and
 *   YCbCr, of four components YCCK
 * - no end marker behind a scan that is whole
 *
 * @param scan undefined where it was not read
 * @returns the bytes given, where there is nothing to mend
 */
export function mendJpeg(jpeg: Uint8Array, header: JpegHeader, scan?: JpegScan): Uint8Array {
  const { segments, frame } = header
  const sequential = frame !== undefined && (frame.marker === MARKER.baseline || frame.marker === MARKER.extended)
  const changes: [offset: number, byte: number][] = []
  let end = 2
  let stray = false
  for (const segment of segments) {
    for (; end < segment.start; end++) stray ||= jpeg[end] !== 0xff
    end = segment.end
    const name = Buffer.from(jpeg.subarray(segment.start + 4, segment.start + 9)).toString('latin1')
    const length = segment.end - segment.start
    if (segment.marker === MARKER.jfif && name === 'JFIF\0' && length >= 18) changes.push([segment.start + 9, 1])
    if (segment.marker === MARKER.adobe && name === 'Adobe' && length >= 16) {
      const transform = jpeg[segment.start + 15]!
      const known = frame?.components.length === 4 ? [0, 2] : [0, 1]
      if (!known.includes(transform)) changes.push([segment.start + 15, known[1]!])
    }
  }
  if (sequential) changes.push([header.scan - 3, 0], [header.scan - 2, 63], [header.scan - 1, 0])
  const needed = changes.filter(([offset, byte]) => jpeg[offset] !== byte)
  const hasEnd = scan === undefined || scan.end + 2 <= jpeg.length
  if (!stray && needed.length === 0 && hasEnd) return jpeg
  const mended = Uint8Array.from(jpeg)
  for (const [offset, byte] of needed) mended[offset] = byte
  const kept = segments.map(({ start, end }) => mended.subarray(start, end))
  const bits = hasEnd ? [mended.subarray(header.scan)] : [mended.subarray(header.scan, scan.end), Buffer.of(0xff, 0xd9)]
  return Buffer.concat([mended.subarray(0, 2), ...kept, ...bits])
}
