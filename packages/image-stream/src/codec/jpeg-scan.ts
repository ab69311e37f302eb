/**
 * The bits of a sequential JPEG's scan (ITU-T T.81, annex F.2), read for what they say of damage and not for the picture.
 *
 * A scan is a sequence of units (MCU), from left to right and top to bottom; a unit holds `across * down` blocks of 8x8 of each
 * component. A block is a Huffman code for the number of bits of its DC value's difference to the block before, those bits, and then
 * codes `run, size` (4 bits each) for its 63 AC values: so many zeros, and a value of so many bits. `0, 0` ends the block, `15, 0` is
 * 16 zeros. A byte ff in the bits is written ff 00. At the end, and before each restart marker, 1 bits fill up the last byte.
 */
import { type JpegHeader, type JpegSegment, MARKER, uint16 } from './jpeg-header.js'

/** Takes the blocks of a scan as they come. */
export interface ScanObserver {
  /**
   * @param component its place in the frame
   * @param difference of the DC value to that of the component's block before
   * @param values AC values that are not zero
   * @param offset the byte behind the block's last bit, or up to 4 bytes later
   */
  block(component: number, difference: number, values: number, offset: number): void
  /** DC values begin again at 0. */
  restart(): void
}

export interface JpegScan {
  /** What is wrong with its bits: all that libjpeg warns of, and a block of more than 64 values, of which it says nothing. */
  fault?: string
  /** Where the bits end: at the marker behind them, or at the end of the file. */
  end: number
}

/**
 * Reads the bits of a JPEG of one sequential scan.
 *
 * Images of another kind libjpeg reads to the end before it gives a pixel, and libvips sees all its warnings. Of these here libvips
 * does not see the warnings about the last rows, which is where damage shows.
 *
 * @returns undefined for an image of another kind, and where the header does not say how the bits are to be read
 */
export function readJpegScan(jpeg: Uint8Array, header: JpegHeader, observer?: ScanObserver): JpegScan | undefined {
  const layout = scanLayout(jpeg, header)
  if (layout === undefined) return undefined
  const reader = new BitReader(jpeg, header.scan)
  const fault = findFault(reader, layout, observer)
  return { fault, end: reader.offset }
}

interface ScanLayout {
  units: number
  /** Units between restart markers; 0: there are none. */
  interval: number
  /** The blocks of a unit. */
  blocks: { component: number; dc: HuffmanTable; ac: HuffmanTable }[]
}

/** @returns undefined for a scan of another kind, and for one that libjpeg refuses */
function scanLayout(jpeg: Uint8Array, { segments, frame }: JpegHeader): ScanLayout | undefined {
  if (frame === undefined || frame.precision !== 8) return undefined
  if (frame.marker !== MARKER.baseline && frame.marker !== MARKER.extended) return undefined
  const { components, height, width } = frame
  const scan = segments.at(-1)!
  const count = jpeg[scan.start + 4]!
  if (count !== components.length || scan.end - scan.start !== 8 + 2 * count) return undefined
  const tables = huffmanTables(jpeg, segments)
  const blocks: ScanLayout['blocks'] = []
  for (let i = 0; i < count; i++) {
    const id = jpeg[scan.start + 5 + 2 * i]
    const component = components.findIndex(component => component.id === id)
    const selectors = jpeg[scan.start + 6 + 2 * i]!
    const dc = tables.get(selectors >> 4)
    const ac = tables.get(16 | (selectors & 15))
    if (component < 0 || dc === undefined || ac === undefined) return undefined
    // A component that is alone has its blocks one by one, whatever its sampling.
    const repeats = count === 1 ? 1 : components[component]!.across * components[component]!.down
    for (let block = 0; block < repeats; block++) blocks.push({ component, dc, ac })
  }
  const across = count === 1 ? 1 : Math.max(...components.map(({ across }) => across))
  const down = count === 1 ? 1 : Math.max(...components.map(({ down }) => down))
  if (!(across > 0 && down > 0)) return undefined
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down))
  const restart = segments.findLast(({ marker }) => marker === MARKER.restartInterval)
  return { units, interval: restart === undefined ? 0 : uint16(jpeg, restart.start + 4), blocks }
}

/** Bits of a code that are looked up at once, as in libjpeg. */
const LOOKAHEAD = 9
/** Longest code, in bits. */
const MAX_CODE = 16

interface HuffmanTable {
  /** For each LOOKAHEAD bits: `length << 8 | symbol` of the code that they begin with; 0 where it is longer. */
  lookup: Uint16Array
  /** For each length: the first code that is longer than all of this length, as MAX_CODE bits. */
  limits: Int32Array
  /** For each length: what makes of a code its symbol's place. */
  offsets: Int32Array
  symbols: Uint8Array
}

/** The tables by class (0 or 16) and id. */
function huffmanTables(jpeg: Uint8Array, segments: JpegSegment[]): Map<number, HuffmanTable> {
  const tables = new Map<number, HuffmanTable>()
  for (const { marker, start, end } of segments) {
    if (marker !== MARKER.huffmanTables) continue
    for (let at = start + 4; at + 17 <= end; ) {
      const counts = jpeg.subarray(at + 1, at + 17)
      const symbols = jpeg.subarray(at + 17, at + 17 + counts.reduce((sum, count) => sum + count, 0))
      tables.set(jpeg[at]!, huffmanTable(counts, symbols))
      at += 17 + symbols.length
    }
  }
  return tables
}

function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKAHEAD)
  const limits = new Int32Array(MAX_CODE + 1)
  const offsets = new Int32Array(MAX_CODE + 1)
  let code = 0
  let place = 0
  for (let length = 1; length <= MAX_CODE; length++) {
    offsets[length] = place - code
    for (let i = 0; i < counts[length - 1]!; i++, code++, place++) {
      if (length > LOOKAHEAD) continue
      const from = code << (LOOKAHEAD - length)
      lookup.fill((length << 8) | symbols[place]!, from, from + (1 << (LOOKAHEAD - length)))
    }
    limits[length] = code << (MAX_CODE - length)
    code <<= 1
  }
  return { lookup, limits, offsets, symbols }
}

const EARLY = 'a scan that ends before the image does'
const NO_CODE = 'a scan of bits that are no code'
const LATE = 'a scan that goes on behind the image'

function findFault(reader: BitReader, layout: ScanLayout, observer?: ScanObserver): string | undefined {
  const { units, interval, blocks } = layout
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      const fault = reader.restart(0xd0 | ((unit / interval - 1) & 7))
      if (fault !== undefined) return fault
      observer?.restart()
    }
    for (const { component, dc, ac } of blocks) {
      const size = reader.symbol(dc)
      if (size < 0) return reader.isAtEnd() ? EARLY : NO_CODE
      const difference = reader.value(size)
      let values = 0
      for (let k = 1; k < 64; k++) {
        const code = reader.symbol(ac)
        if (code < 0) return reader.isAtEnd() ? EARLY : NO_CODE
        if (code === END_OF_BLOCK) break
        k += code >> 4
        if (k > 63) return 'a scan with a block of more than 64 values'
        if (code === SIXTEEN_ZEROS) continue
        reader.skip(code & 15)
        values++
      }
      if (reader.hasRunOut()) return EARLY
      observer?.block(component, difference, values, reader.offset)
    }
  }
  return reader.finish()
}

const END_OF_BLOCK = 0x00
const SIXTEEN_ZEROS = 0xf0

class BitReader {
  readonly #jpeg: Uint8Array
  /** The byte that is read next. */
  offset: number
  /** The bits read last, of which the lowest `#count` are still to be used. Where a marker comes, zeros follow, and `#count` falls below 0. */
  #bits = 0
  #count = 0

  constructor(jpeg: Uint8Array, offset: number) {
    this.#jpeg = jpeg
    this.offset = offset
  }

  /** The symbol of the next code, or -1 where no code begins with these bits. */
  symbol({ lookup, limits, offsets, symbols }: HuffmanTable): number {
    if (this.#count < MAX_CODE) this.#fill()
    const spare = this.#count - MAX_CODE
    const next = (spare >= 0 ? this.#bits >> spare : this.#bits << -spare) & 0xffff
    const found = lookup[next >> (MAX_CODE - LOOKAHEAD)]!
    if (found !== 0) {
      this.#count -= found >> 8
      return found & 0xff
    }
    let length = LOOKAHEAD + 1
    while (length <= MAX_CODE && next >= limits[length]!) length++
    if (length > MAX_CODE) return -1
    this.#count -= length
    return symbols[(next >> (MAX_CODE - length)) + offsets[length]!] ?? -1
  }

  skip(size: number): void {
    if (this.#count < size) this.#fill()
    this.#count -= size
  }

  /** A value of so many bits, as JPEG writes it: those that begin with 0 are negative. */
  value(size: number): number {
    if (size === 0) return 0
    this.skip(size)
    const value = (this.#bits >> Math.max(0, this.#count)) & ((1 << size) - 1)
    return value >> (size - 1) === 0 ? value - (1 << size) + 1 : value
  }

  /** Reads the restart marker that is due. */
  restart(marker: number): string | undefined {
    const late = this.finish()
    if (late !== undefined) return late
    while (this.#jpeg[this.offset + 1] === 0xff) this.offset++
    if (this.#jpeg[this.offset + 1] !== marker) return 'a scan without the restart marker that is due'
    this.offset += 2
    this.#bits = this.#count = 0
    return undefined
  }

  /** What is wrong where the bits should end: less than a byte of them may be left before the next marker. */
  finish(): string | undefined {
    this.#fill()
    return this.#count >= 8 ? LATE : undefined
  }

  /** More bits were used than there are. */
  hasRunOut(): boolean {
    return this.#count < 0
  }

  isAtEnd(): boolean {
    return this.#count < MAX_CODE
  }

  /** Makes 25 bits ready, or all that there are before the next marker. */
  #fill(): void {
    const jpeg = this.#jpeg
    while (this.#count <= 24) {
      const byte = jpeg[this.offset]
      if (byte === undefined) return
      let next = this.offset + 1
      if (byte === 0xff) {
        while (jpeg[next] === 0xff) next++
        if (jpeg[next] !== 0) return
        next++
      }
      this.offset = next
      this.#bits = (this.#bits << 8) | byte
      this.#count += 8
    }
  }
}
