import { basename } from 'node:path'
import type { Examination } from '../examine-dataset.js'
import { closest, type Finding, type FindingKind, type Likeness } from './finding.js'

/** What a kind of finding is called, what it does to a network, and what to do about it. */
export const KIND_TEXTS: Record<FindingKind, { title: string; meaning: string; advice: string }> = {
  'two-labels': {
    title: 'One picture, two people',
    meaning:
      'The network is told that one face is two people, and is pulled both ways: no other fault does as much harm.',
    advice:
      'Keep the picture under the label that is right. Two labels that share many pictures are one person: merge them.',
  },
  'test-overlap': {
    title: 'People who are in a test set',
    meaning:
      'A picture of the test set is in the dataset, so the person is too: the test measures memory, not recognition.',
    advice: 'Leave these people out of training, not just the pictures.',
  },
  undecodable: {
    title: 'Does not decode',
    meaning: 'Training stops at such a picture, or learns its damage.',
    advice: 'Take it from the source again, or leave it out.',
  },
  'looks-damaged': {
    title: 'Looks damaged',
    meaning: 'It decodes, and shows the traces of a file that was not written or copied whole.',
    advice: 'Look at it; if it is damaged, take it from the source again, or leave it out.',
  },
  blank: {
    title: 'Nothing to see',
    meaning: 'A picture of one colour under a person’s label: the mark of a failed download or alignment.',
    advice: 'Leave it out.',
  },
  'bad-label': {
    title: 'No usable label',
    meaning: 'There is no label, it is no whole number from 0, or it lies beyond the classes that the dataset has.',
    advice: 'Give it one, or leave it out: a network has no output for it.',
  },
  'exact-duplicate': {
    title: 'The same file again',
    meaning: 'The same bytes under the same label: the picture counts as often as it is there.',
    advice: 'Keep one.',
  },
  'near-duplicate': {
    title: 'The same photograph again',
    meaning:
      'Compressed, resized, blurred, brightened or without its colours: for a network it is the same picture once more.',
    advice: 'Keep the best one.',
  },
  'mirrored-duplicate': {
    title: 'The same photograph mirrored',
    meaning: 'Training mirrors pictures itself, so this one counts twice.',
    advice: 'Keep one.',
  },
  'look-alike': {
    title: 'Pictures that are much alike',
    meaning:
      'The next ones of a series, in a little other light or pose, or one photograph that was moved, cut or written on: at this ' +
      'distance the two cannot be told apart. Of a series a network learns less than of as many different pictures.',
    advice: 'Look at them: keep a series, leave copies out.',
  },
  'odd-size': {
    title: 'Another size than most',
    meaning: 'It was not cut and aligned as the rest, or batches cannot hold it.',
    advice: 'Align it again; where it only needs scaling, image-dump --size does that.',
  },
  'few-images': {
    title: 'People with few pictures',
    meaning: 'A class costs an output of the network, and with hardly a picture to compare teaches it little.',
    advice: 'Leave these people out, or find more pictures.',
  },
  'empty-label': {
    title: 'Labels without a picture',
    meaning: 'The network gets an output that only ever learns to say no.',
    advice: 'Number the labels anew, without gaps.',
  },
}

/** A picture by its id, of a test set by its file and slot. */
export function pictureName({ table, tests }: Examination, row: number): string {
  const id = table.id(row)
  const test = tests.find(({ to }) => row < to)
  const place = id === undefined ? `number ${row - (test?.from ?? tests.at(-1)?.to ?? 0)}` : `${id}`
  return test === undefined ? place : `${basename(test.file)} ${place}`
}

/** `label 3`, with the person's name where it is known. */
export function labelName({ names }: Examination, label: number | undefined): string {
  if (label === undefined) return 'no label'
  return names[label] === undefined ? `label ${label}` : `label ${label} (${names[label]})`
}

/** How closely the pictures are alike, in words: of the links of each likeness the widest. */
export function likenessText({ links = [] }: Finding): string {
  const widest = (likeness: Likeness) => {
    const distances = links.filter(link => link.likeness === likeness).map(({ distance }) => distance)
    const most = distances.reduce((a, b) => Math.max(a, b), 0).toFixed(4)
    return distances.length === 0 ? undefined : `distance ${distances.length > 1 ? 'up to ' : ''}${most}`
  }
  const exact = links.some(({ likeness }) => likeness === 'exact')
  const mirrored = widest('mirrored')
  const parts = [exact ? 'the same bytes' : undefined, widest('near'), mirrored && `mirrored, ${mirrored}`]
  return parts.filter(part => part !== undefined).join('; ')
}

/** One finding in one line. */
export function findingText(examination: Examination, finding: Finding): string {
  const { kind, rows, label, last, reason, test } = finding
  const { table } = examination
  const pictures = (shown: number) =>
    `${rows
      .slice(0, shown)
      .map(row => pictureName(examination, row))
      .join(', ')}${rows.length > shown ? ` and ${rows.length - shown} more` : ''}`
  switch (kind) {
    case 'two-labels': {
      const named = rows.slice(0, 3).map(row => {
        return `${pictureName(examination, row)} (${labelName(examination, table.label(row))})`
      })
      return `${named.join(', ')}${rows.length > 3 ? ` and ${rows.length - 3} more` : ''}: ${likenessText(finding)}`
    }
    case 'test-overlap': {
      const { a, b } = closest(finding)!
      const person = `${labelName(examination, label)} is in ${basename(examination.tests[test!]!.file)}`
      return `${person}: ${pictureName(examination, a)} is ${pictureName(examination, b)}, ${likenessText(finding)}`
    }
    case 'exact-duplicate':
    case 'near-duplicate':
    case 'mirrored-duplicate':
    case 'look-alike':
      return `${labelName(examination, table.label(rows[0]!))}: ${pictures(4)}: ${likenessText(finding)}`
    case 'few-images':
      return `${labelName(examination, label)}: ${count(rows.length, 'image')}: ${pictures(3)}`
    case 'empty-label':
      return label === last ? labelName(examination, label) : `labels ${label} to ${last}`
    default:
      return `${reason}: ${pictures(4)}`
  }
}

/** `1 image`, `2 images`; a person's plural is people. */
export function count(number: number, unit: 'image' | 'person' | 'finding'): string {
  if (number === 1) return `1 ${unit}`
  return `${number} ${unit === 'person' ? 'people' : `${unit}s`}`
}
