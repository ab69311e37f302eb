/** A share of the records, for one of many machines or processes that take them all together. */
import { InvalidArgumentError } from './invalid-argument.js'

export interface Part {
  /** 0 … of - 1. */
  index: number
  of: number
}

/** For commander: reads `I/N`, the part I, from 0, of N. */
export function parsePart(text: string): Part {
  const [index, of, ...more] = text.split('/').map(number => (/^\d{1,9}$/.test(number) ? Number(number) : Number.NaN))
  if (index === undefined || of === undefined || more.length > 0 || !(index < of)) {
    throw new InvalidArgumentError('A part is I/N, with I from 0 to N - 1.')
  }
  return { index, of }
}

/** The option of every command that can read a part: `.option(...PART_OPTION)`. */
export const PART_OPTION = [
  '--part <i/n>',
  'only the part I, from 0, of N: disjoint, alike in size, together the whole',
  parsePart,
] as const

/** `3/16`. */
export function partText({ index, of }: Part): string {
  return `${index}/${of}`
}

/** From where to where a part goes, in bytes or in things of one kind: what begins there belongs to it. One ends where the next begins. */
export function partBounds(total: number, { index, of }: Part): { from: number; to: number } {
  const bound = (i: number) => (i === of ? total : Math.floor(total * (i / of)))
  return { from: bound(index), to: bound(index + 1) }
}

/**
 * Which of some things that cannot be cut (files, row groups) are a part: those of which the middle lies in its share of all bytes.
 *
 * @param sizes in bytes
 * @returns the numbers of the first one, and of the first one behind
 */
export function partOfSizes(sizes: readonly number[], part: Part): { from: number; to: number } {
  const bounds = partBounds(
    sizes.reduce((sum, size) => sum + size, 0),
    part,
  )
  const startsAt = (bound: number, isEnd: boolean) => {
    let before = 0
    const index = sizes.findIndex(size => {
      before += size
      return !isEnd && before - size / 2 >= bound
    })
    return index === -1 ? sizes.length : index
  }
  return { from: startsAt(bounds.from, false), to: startsAt(bounds.to, part.index + 1 === part.of) }
}
