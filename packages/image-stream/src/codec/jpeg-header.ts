/**
 * The header of a JPEG (ITU-T T.81, annex B): segments, one after another, up to the first scan.
 *
 *     ff d8                                    start of image
 *     ff marker, uint16 length, length - 2 bytes      a segment; more ff bytes may stand before the marker
 *     ff c0 … cf (SOF)    uint8 precision, uint16 height, uint16 width, uint8 components,
 *                         components of uint8 id, uint4 across, uint4 down, uint8 quantisation table
 *     ff c4 (DHT)         Huffman tables: uint4 class (0 DC, 1 AC), uint4 id, 16 x uint8 codes of each length, the symbols
 *     ff db (DQT)         quantisation tables: uint4 precision (1: uint16 values), uint4 id, 64 values
 *     ff dd (DRI)         uint16 blocks between restart markers
 *     ff da (SOS)         uint8 components, components of uint8 id, uint4 DC table, uint4 AC table; uint8 Ss, Se, AhAl
 *     the scan's bits, and ff d9 at the end
 *
 * All numbers are big-endian.
 */
export interface JpegHeader {
  segments: JpegSegment[]
  /** Where the bits of the first scan begin: behind the last segment. */
  scan: number
  /** What the frame header says; undefined where it is missing or malformed. */
  frame: JpegFrame | undefined
}

export interface JpegSegment {
  marker: number
  /** Where its `ff marker` is. */
  start: number
  /** Where the next one may begin. */
  end: number
}

export interface JpegFrame {
  /** The marker, which says how the image is coded: `MARKER.baseline` and `MARKER.extended` are sequential. */
  marker: number
  precision: number
  height: number
  width: number
  components: JpegComponent[]
}

export interface JpegComponent {
  id: number
  /** How many blocks across and down it has in each unit of the scan: its sampling factors. */
  across: number
  down: number
  /** Its quantisation table. */
  table: number
}

export const MARKER = {
  baseline: 0xc0,
  extended: 0xc1,
  huffmanTables: 0xc4,
  startOfImage: 0xd8,
  startOfScan: 0xda,
  quantisationTables: 0xdb,
  restartInterval: 0xdd,
  jfif: 0xe0,
  exif: 0xe1,
  adobe: 0xee,
} as const

/** @returns undefined where no scan begins: the decoder says what is wrong with such a file */
export function readJpegHeader(jpeg: Uint8Array): JpegHeader | undefined {
  const segments: JpegSegment[] = []
  let frame: JpegFrame | undefined
  for (let at = 2; ; ) {
    const start = nextMarker(jpeg, at)
    if (start + 4 > jpeg.length) return undefined
    const marker = jpeg[start + 1]!
    const length = uint16(jpeg, start + 2)
    const end = start + 2 + length
    if (length < 2 || end > jpeg.length) return undefined
    segments.push({ marker, start, end })
    if (isFrame(marker)) frame = readFrame(jpeg.subarray(start, end))
    if (marker === MARKER.startOfScan) return { segments, scan: end, frame }
    at = end
  }
}

/** Where the next `ff marker` is, past whatever stands before it, as libjpeg looks for it. */
function nextMarker(jpeg: Uint8Array, from: number): number {
  for (let at = from; at + 1 < jpeg.length; at++) {
    if (jpeg[at] === 0xff && jpeg[at + 1] !== 0xff && jpeg[at + 1] !== 0) return at
  }
  return jpeg.length
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== MARKER.huffmanTables && marker !== 0xc8 && marker !== 0xcc
}

function readFrame(segment: Uint8Array): JpegFrame | undefined {
  const count = segment[9] ?? 0
  if (segment.length !== 10 + count * 3) return undefined
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling, table] = segment.subarray(10 + i * 3)
    return { id: id!, across: sampling! >> 4, down: sampling! & 15, table: table! }
  })
  const [height, width] = [uint16(segment, 5), uint16(segment, 7)]
  return { marker: segment[1]!, precision: segment[4]!, height, width, components }
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
