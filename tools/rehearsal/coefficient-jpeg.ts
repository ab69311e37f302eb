/**
 * Baseline JPEGs (ITU-T T.81) written from quantised DCT coefficients: a picture that needs no pixels needs no DCT and no colours turned.
 *
 * The header, with annex K's quantisation and Huffman tables, is the one that libjpeg writes; behind it comes the scan. Its units are six
 * blocks (chroma of half the size: four of luma, then one of each chroma), from left to right and top to bottom. A block is
 *
 *     Huffman code of s, s bits            the DC value's difference to the component's block before, of s bits
 *     Huffman code of 16 r + s, s bits     r zeros, and an AC value of s bits; 16 · 15 is 16 zeros
 *     Huffman code of 0                    the rest of the block is zeros
 *
 * A negative value v is written as v - 1 in its lowest s bits, a byte ff in the scan as ff 00, and 1 bits fill up the last byte.
 */
import sharp from 'sharp'

/** Values of a block that may differ from zero: the first of the zigzag order, so that 16 zeros never stand before another value. */
export const BLOCK_VALUES = 9

const BLOCKS_OF_UNIT = 6
const LUMA_BLOCKS = 4
const END_OF_BLOCK = 0
const END_OF_IMAGE = [0xff, 0xd9]

/** Codes by their symbols: `length << 16 | code`. */
type HuffmanCodes = Uint32Array

export class CoefficientJpeg {
  /** Units a side, of 16x16 pixels. */
  readonly units: number
  /** Blocks of a picture. */
  readonly blocks: number
  readonly #lumaDc: HuffmanCodes
  readonly #lumaAc: HuffmanCodes
  readonly #chromaDc: HuffmanCodes
  readonly #chromaAc: HuffmanCodes
  readonly #jpeg: Uint8Array
  /** Where the scan begins. */
  readonly #start: number
  /** The DC values of the blocks before: of luma first, and of the chromas by their places in a unit. */
  readonly #means = new Int32Array(BLOCKS_OF_UNIT)

  private constructor(size: number, header: Uint8Array) {
    this.units = size / 16
    this.blocks = BLOCKS_OF_UNIT * this.units ** 2
    const tables = huffmanTables(header)
    this.#lumaDc = tables.get(0x00)!
    this.#chromaDc = tables.get(0x01)!
    this.#lumaAc = tables.get(0x10)!
    this.#chromaAc = tables.get(0x11)!
    // A value has at most 16 bits of code and 11 of its own, and each byte may be ff.
    this.#jpeg = new Uint8Array(header.length + this.blocks * BLOCK_VALUES * 8)
    this.#jpeg.set(header)
    this.#start = header.length
  }

  /**
   * @param size pixels a side, a multiple of 16
   * @param quality libjpeg's, 1 to 100: what a value of 1 stands for
   */
  static async open(size: number, quality: number): Promise<CoefficientJpeg> {
    const channels = 3
    const grey = { width: size, height: size, channels, background: 'grey' } as const
    const jpeg = await sharp({ create: grey }).jpeg({ quality, optimiseCoding: false }).toBuffer()
    return new CoefficientJpeg(size, jpeg.subarray(0, scanStart(jpeg)))
  }

  /**
   * The picture of some coefficients; the bytes are valid until the next call.
   *
   * @param values int16 `[blocks, BLOCK_VALUES]`, units one after another, each value in zigzag order; DC at most 1023 from 0, AC at most 255
   */
  write(values: Int16Array): Uint8Array {
    const jpeg = this.#jpeg
    const means = this.#means.fill(0)
    let at = this.#start
    // Bits that are no whole byte yet: 7 at most, and with a code and its value 31.
    let bits = 0
    let count = 0
    for (let block = 0, inUnit = 0, from = 0; block < this.blocks; block++, from += BLOCK_VALUES) {
      const isLuma = inUnit < LUMA_BLOCKS
      const dc = isLuma ? this.#lumaDc : this.#chromaDc
      const ac = isLuma ? this.#lumaAc : this.#chromaAc
      const component = isLuma ? 0 : inUnit
      inUnit = inUnit === BLOCKS_OF_UNIT - 1 ? 0 : inUnit + 1
      let zeros = 0
      for (let k = 0; k <= BLOCK_VALUES; k++) {
        let value = 0
        let size = 0
        let code = ac[END_OF_BLOCK]!
        if (k === 0) {
          value = values[from]! - means[component]!
          means[component] = values[from]!
          size = bitsOf(value)
          code = dc[size]!
        } else if (k < BLOCK_VALUES) {
          value = values[from + k]!
          if (value === 0) {
            zeros++
            continue
          }
          size = bitsOf(value)
          code = ac[(zeros << 4) | size]!
          zeros = 0
        }
        const length = (code >>> 16) + size
        const low = (value + (value >> 31)) & ((1 << size) - 1)
        bits = (bits << length) | ((code & 0xffff) << size) | low
        count += length
        while (count >= 8) {
          count -= 8
          const byte = (bits >>> count) & 0xff
          jpeg[at++] = byte
          if (byte === 0xff) jpeg[at++] = 0
        }
      }
    }
    if (count > 0) {
      const byte = ((bits << (8 - count)) | (0xff >> count)) & 0xff
      jpeg[at++] = byte
      if (byte === 0xff) jpeg[at++] = 0
    }
    jpeg.set(END_OF_IMAGE, at)
    return jpeg.subarray(0, at + END_OF_IMAGE.length)
  }
}

/** The bits that a value has without its sign. */
function bitsOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value))
}

/** The segments before the scan, `ff marker, uint16 length, …`. */
function* segments(jpeg: Uint8Array): Generator<{ marker: number; from: number; to: number }> {
  for (let at = 2; at < jpeg.length; ) {
    const to = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)
    yield { marker: jpeg[at + 1]!, from: at + 4, to }
    if (jpeg[at + 1] === 0xda) return
    at = to
  }
}

function scanStart(jpeg: Uint8Array): number {
  return [...segments(jpeg)].at(-1)!.to
}

/** The tables by `class << 4 | number`: 16 counts of codes of each length, then the symbols; codes are counted up (annex C). */
function huffmanTables(header: Uint8Array): Map<number, HuffmanCodes> {
  const tables = new Map<number, HuffmanCodes>()
  for (const { marker, from, to } of segments(header)) {
    if (marker !== 0xc4) continue
    for (let at = from; at < to; ) {
      const codes = new Uint32Array(256)
      let symbol = at + 17
      let code = 0
      for (let length = 1; length <= 16; length++, code <<= 1) {
        for (let i = 0; i < header[at + length]!; i++) codes[header[symbol++]!] = (length << 16) | code++
      }
      tables.set(header[at]!, codes)
      at = symbol
    }
  }
  return tables
}
