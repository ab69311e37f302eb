/**
 * Pictures that stand for faces where there must be millions: smooth light and dark, a part of it the person's and the rest the picture's,
 * with a fine texture that gives a JPEG the size of a face's. The bytes are a pure function of seed, person and picture.
 */
import { type RandomNumbers, randomFrom } from '@tiny-face/seeded-random'
import { BLOCK_VALUES, CoefficientJpeg } from './coefficient-jpeg.js'

const SIZE = 112
const QUALITY = 90
/** Waves of luma a side: about as many as record-doctor compares pictures by. */
const LUMA_WAVES = 8
const CHROMA_WAVES = 3
/** Height of the longest waves, in levels; that of others falls as 1 / frequency. */
const LUMA_HEIGHT = 36
const CHROMA_HEIGHT = 16
/** How much of a picture's waves is its person's: 0 to 1. */
const PERSON = 0.4
/** QUALITY's quantisation steps of DC and of the two lowest AC values (annex K, halved). */
const LUMA_STEPS = [3, 2, 2] as const
const CHROMA_STEPS = [3, 4, 4] as const
/** Furthest DC value: 8 times the 127 levels that a block's mean may be from grey, by the step. */
const DC_LIMIT = Math.floor((8 * 127) / LUMA_STEPS[0])
/** Which values of a block are texture. */
const TEXTURE_FROM = 3
const LUMA_TEXTURE_TO = 9
const CHROMA_TEXTURE_TO = 9

const LUMA_BLOCKS = 4
const BLOCKS_OF_UNIT = 6

/** Draws the height of each wave `[waves, waves]`: down, across. */
type Waves = Float64Array

interface PersonWaves {
  luma: Waves
  blue: Waves
  red: Waves
}

export class RandomPictures {
  readonly #seed: number
  readonly #jpeg: CoefficientJpeg
  readonly #luma: BlockWaves
  readonly #chroma: BlockWaves
  readonly #values: Int16Array
  /** Which blocks of the JPEG they are, from left to right and top to bottom. */
  readonly #lumaBlocks: Uint16Array
  readonly #blueBlocks: Uint16Array
  readonly #redBlocks: Uint16Array
  #person = -1
  #common: PersonWaves | undefined

  private constructor(seed: number, jpeg: CoefficientJpeg) {
    this.#seed = seed
    this.#jpeg = jpeg
    this.#luma = new BlockWaves(2 * jpeg.units, LUMA_WAVES, LUMA_STEPS)
    this.#chroma = new BlockWaves(jpeg.units, CHROMA_WAVES, CHROMA_STEPS)
    this.#values = new Int16Array(jpeg.blocks * BLOCK_VALUES)
    const { units } = jpeg
    this.#lumaBlocks = Uint16Array.from({ length: 4 * units ** 2 }, (_, block) => {
      const [down, across] = [Math.floor(block / (2 * units)), block % (2 * units)]
      return ((down >> 1) * units + (across >> 1)) * BLOCKS_OF_UNIT + 2 * (down & 1) + (across & 1)
    })
    this.#blueBlocks = Uint16Array.from({ length: units ** 2 }, (_, unit) => unit * BLOCKS_OF_UNIT + LUMA_BLOCKS)
    this.#redBlocks = this.#blueBlocks.map(block => block + 1)
  }

  static async open(seed: number): Promise<RandomPictures> {
    return new RandomPictures(seed, await CoefficientJpeg.open(SIZE, QUALITY))
  }

  /** A JPEG of 112x112; its bytes are valid until the next call. */
  draw(person: number, picture: number): Uint8Array {
    if (this.#common === undefined || person !== this.#person) {
      this.#person = person
      this.#common = drawWaves(randomFrom([this.#seed, 0, person, 0]), PERSON)
    }
    const random = randomFrom([this.#seed, 1, person, picture])
    const { luma, blue, red } = drawWaves(random, 1 - PERSON)
    const values = this.#values
    drawTexture(random, values)
    this.#luma.fill(sum(luma, this.#common.luma), values, this.#lumaBlocks)
    this.#chroma.fill(sum(blue, this.#common.blue), values, this.#blueBlocks)
    this.#chroma.fill(sum(red, this.#common.red), values, this.#redBlocks)
    return this.#jpeg.write(values)
  }
}

/** @param share of the pictures' variance that these waves are to have */
function drawWaves({ uniform }: RandomNumbers, share: number): PersonWaves {
  const draw = (waves: number, height: number) => {
    const heights = new Float64Array(waves * waves)
    for (let down = 0; down < waves; down++) {
      for (let across = 0; across < waves; across++) {
        const frequency = Math.max(1, Math.sqrt(down * down + across * across))
        heights[down * waves + across] = (Math.sqrt(share) * height * (2 * uniform() - 1)) / frequency
      }
    }
    return heights
  }
  return {
    luma: draw(LUMA_WAVES, LUMA_HEIGHT),
    blue: draw(CHROMA_WAVES, CHROMA_HEIGHT),
    red: draw(CHROMA_WAVES, CHROMA_HEIGHT),
  }
}

function sum(a: Waves, b: Waves): Waves {
  return a.map((height, i) => height + b[i]!)
}

/** Small values, two random bits each: -1, 0, 0 or 1. */
function drawTexture({ word }: RandomNumbers, values: Int16Array): void {
  for (let block = 0, at = 0; at < values.length; block++, at += BLOCK_VALUES) {
    const to = block % BLOCKS_OF_UNIT < LUMA_BLOCKS ? LUMA_TEXTURE_TO : CHROMA_TEXTURE_TO
    let bits = word()
    for (let k = TEXTURE_FROM; k < to; k++, bits >>>= 2) values[at + k] = (bits & 1) - ((bits >> 1) & 1)
  }
}

/** What waves across a whole picture are in its blocks' lowest three values: mean, slope across, slope down. */
class BlockWaves {
  readonly #blocks: number
  readonly #waves: number
  readonly #steps: readonly [number, number, number]
  /** `[blocks, 2, waves]`: mean and slope of each wave in each block of a line, as the DCT of 8 samples has them. */
  readonly #line: Float64Array
  /** The same of a picture's columns of waves. */
  readonly #columns: Float64Array

  constructor(blocks: number, waves: number, steps: readonly [number, number, number]) {
    this.#blocks = blocks
    this.#waves = waves
    this.#steps = steps
    this.#line = new Float64Array(blocks * 2 * waves)
    this.#columns = new Float64Array(blocks * 2 * waves)
    for (let i = 0; i < this.#line.length; i++) {
      const [wave, k, block] = [i % waves, Math.floor(i / waves) % 2, Math.floor(i / waves / 2)]
      for (let x = 0; x < 8; x++) {
        const basis = (k === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * k * Math.PI) / 16)
        this.#line[i]! += basis * Math.cos((Math.PI * wave * (8 * block + x + 0.5)) / (8 * blocks))
      }
    }
  }

  /** @param places which blocks of the JPEG these are, from left to right and top to bottom */
  fill(heights: Waves, values: Int16Array, places: Uint16Array): void {
    const line = this.#line
    const columns = this.#columns
    const waves = this.#waves
    const blocks = this.#blocks
    for (let row = 0, at = 0; row < 2 * blocks * waves; row += waves) {
      for (let across = 0; across < waves; across++) {
        let column = 0
        for (let down = 0; down < waves; down++) column += line[row + down]! * heights[down * waves + across]!
        columns[at++] = column
      }
    }
    const [meanStep, acrossStep, downStep] = this.#steps
    for (let block = 0; block < places.length; block++) {
      const down = Math.floor(block / blocks)
      let meanDown = 2 * waves * down
      let meanAcross = 2 * waves * (block - down * blocks)
      let mean = 0
      let slopeAcross = 0
      let slopeDown = 0
      for (let wave = 0; wave < waves; wave++, meanDown++, meanAcross++) {
        mean += columns[meanDown]! * line[meanAcross]!
        slopeAcross += columns[meanDown]! * line[meanAcross + waves]!
        slopeDown += columns[meanDown + waves]! * line[meanAcross]!
      }
      const at = places[block]! * BLOCK_VALUES
      values[at] = Math.max(-DC_LIMIT, Math.min(DC_LIMIT, Math.round(mean / meanStep)))
      values[at + 1] = Math.round(slopeAcross / acrossStep)
      values[at + 2] = Math.round(slopeDown / downStep)
    }
  }
}
