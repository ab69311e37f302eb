/**
 * The protocol of CFP (Celebrities in Frontal-Profile, http://www.cfpw.io): a folder of folds, and beside it two lists of images.
 *
 *     Protocol/Split/FP/01 … 10/same.txt, diff.txt      pairs, one a line: `3,7`, image 3 of the first list and image 7 of the second
 *     Protocol/Pair_list_F.txt, Pair_list_P.txt         images, one a line: `1 ../Data/Images/001/frontal/01.jpg`
 *
 * FP pairs frontal images with profiles; FF takes both from the first list. An image is found in the source as `001/frontal/01.jpg`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { ListedPair, PairSide } from './pair-forms.js'

/**
 * @param folder `Protocol/Split/FP` or `Protocol/Split/FF`
 * @throws DataError for a folder that is not of this form
 */
export function readCfpProtocol(folder: string): (ListedPair & { place: string })[] {
  const split = resolve(folder)
  const protocol = [resolve(split, '../..'), resolve(split, '..')].find(parent =>
    existsSync(join(parent, 'Pair_list_F.txt')),
  )
  if (protocol === undefined || !['FF', 'FP'].includes(basename(split))) {
    throw new DataError({
      file: folder,
      expected: 'a list of pairs, or the folder Protocol/Split/FP or FF of CFP',
      found: 'another folder',
    })
  }
  const frontal = readImages(join(protocol, 'Pair_list_F.txt'))
  const others = basename(split) === 'FP' ? readImages(join(protocol, 'Pair_list_P.txt')) : frontal
  const folds = readdirSync(split)
    .filter(name => /^\d+$/.test(name))
    .sort()
  return folds.flatMap(fold =>
    ['same', 'diff'].flatMap(kind => readPairs(join(split, fold, `${kind}.txt`), frontal, others, kind === 'same')),
  )
}

function readImages(file: string): Map<string, PairSide> {
  const images = new Map<string, PairSide>()
  for (const [i, line] of linesOf(file)) {
    const [, number, path] = /^(\d+)\s+(.+)$/.exec(line) ?? []
    const parts = path?.split('/').slice(-3)
    if (number === undefined || parts?.length !== 3) {
      throw new DataError({
        file: `${file}:${i}`,
        expected: 'a number and .../PERSON/VIEW/IMAGE',
        found: JSON.stringify(line.slice(0, 60)),
      })
    }
    images.set(number, { person: parts[0]!, path: parts.join('/') })
  }
  return images
}

function readPairs(file: string, first: Map<string, PairSide>, second: Map<string, PairSide>, same: boolean) {
  return linesOf(file).map(([number, line]) => {
    const [, one, two] = /^(\d+)\s*,\s*(\d+)$/.exec(line) ?? []
    const [left, right] = [first.get(one ?? ''), second.get(two ?? '')]
    if (left === undefined || right === undefined) {
      throw new DataError({
        file: `${file}:${number}`,
        expected: 'two numbers of images',
        found: JSON.stringify(line.slice(0, 60)),
      })
    }
    return { place: `${file}:${number}`, sides: [left, right] as [PairSide, PairSide], same, isSaid: true }
  })
}

/** Lines with their numbers, from 1. */
function linesOf(file: string): [number, string][] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.map((line, i): [number, string] => [i + 1, line.trim()]).filter(([, line]) => line !== '')
}
