/*
 * The preprocessing of a network as a person types it: a preset's name, or what there is to say of it, or both, of which the latter
 * goes first:
 *
 *     arcface
 *     order=bgr mean=127.5 std=128
 *     imagenet order=bgr size=128
 *
 * This file loads no library that computes, so that a command's help needs none.
 */
import { FORMER_PREPROCESS_NAMES, PREPROCESS_NAMES, type PreprocessName, typedName } from './typed-names.js'

/** What is asked for; the rest is as the model says. */
export interface PreprocessWish {
  readonly name?: PreprocessName
  readonly order?: 'rgb' | 'bgr'
  /** In units of 0…255, for the channels in that order. */
  readonly mean?: readonly [number, number, number]
  readonly std?: readonly [number, number, number]
  readonly layout?: 'nchw' | 'nhwc'
  /** Height and width of the image. */
  readonly size?: number
}

const KEYS = 'order=rgb|bgr, mean=, std=, layout=nchw|nhwc, size='

/** @throws Error that says what is wrong with the text */
export function parsePreprocessText(text: string): PreprocessWish {
  let wish: PreprocessWish = {}
  for (const [place, word] of text.trim().split(/\s+/).entries()) {
    const [key, value, ...more] = word.split('=')
    if (value === undefined && place === 0) wish = { name: nameOf(key!) }
    else if (value === undefined || more.length > 0) throw new Error(`"${word}" is none of ${KEYS}.`)
    else if (key! in wish) throw new Error(`${key} is given twice.`)
    else wish = { ...wish, [key!]: valueFor(key!, value) }
  }
  return wish
}

function nameOf(text: string): PreprocessName {
  const name = typedName(text, FORMER_PREPROCESS_NAMES)
  if (!PREPROCESS_NAMES.includes(name as PreprocessName))
    throw new Error(`"${text}" is none of ${PREPROCESS_NAMES.join(', ')}; or say ${KEYS}.`)
  return name as PreprocessName
}

function valueFor(key: string, text: string): unknown {
  switch (key) {
    case 'order':
      return oneOf(key, text, ['rgb', 'bgr'])
    case 'layout':
      return oneOf(key, text, ['nchw', 'nhwc'])
    case 'mean':
      return threeNumbers(key, text)
    case 'std': {
      const std = threeNumbers(key, text)
      // A colour of 0…255 divided by less than 1 suits no network.
      if (std.some(value => value < 1))
        throw new Error(
          `std is in units of 0 to 255, and so is mean: where x / 255 has a std of ${text}, say that times 255.`,
        )
      return std
    }
    case 'size':
      if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
      throw new Error(`size is height and width in pixels, not "${text}".`)
    default:
      throw new Error(`"${key}" is none of ${KEYS}.`)
  }
}

function oneOf(key: string, text: string, values: readonly string[]): string {
  if (values.includes(text)) return text
  throw new Error(`${key} is ${values.join(' or ')}, not "${text}".`)
}

function threeNumbers(key: string, text: string): [number, number, number] {
  const numbers = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)))
  if (numbers.every(Number.isFinite)) {
    const [a, b, c] = numbers
    if (numbers.length === 1) return [a!, a!, a!]
    if (numbers.length === 3) return [a!, b!, c!]
  }
  throw new Error(`${key} is one number, or three between commas, not "${text}".`)
}
