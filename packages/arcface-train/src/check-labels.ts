import { DataError } from '@tiny-face/safe-files'
import type { TrainingSet } from './training-set.js'

/** What checkLabels looks at, and what it names in its messages. */
export type LabelledSet = Pick<TrainingSet, 'count' | 'classes' | 'source' | 'several' | 'dump' | 'label'>

/** A list of labels in a message is at most so long; a longer one goes into a file. */
const MAX_LIST = 100

/**
 * What is odd about a set's labels, each with the command that mends it. Takes time and memory for the people who are there, however
 * large their labels.
 *
 * @returns remarks on what can be trained on all the same: people without an image or with only one, labels of several numbers
 * @throws DataError where nothing can be learnt, or most of the head would be for nobody: no images, a label beyond the classes that
 *   the set says it has, one person only, more classes without an image than with one
 */
export function checkLabels(set: LabelledSet): string[] {
  const { count, classes, source, several } = set
  if (count === 0) throw new DataError({ file: source, expected: 'labelled images', found: 'none' })
  const images = imagesByPerson(set)
  const people = [...images.keys()].sort((a, b) => a - b)
  if (people.length === 1) {
    throw new DataError({
      file: source,
      expected: 'images of two people at least, to tell them apart',
      found: `only person ${people[0]}; { ${set.dump} | record-select --labels ${people[0]} --renumber; OTHERS | record-select --renumber 1; } | tfrecord-write --out DIR adds others`,
    })
  }
  if (classes > 2 * people.length) {
    throw new DataError({
      file: source,
      expected: 'a person for nearly every label',
      found: `${people.length} people for labels up to ${classes - 1}; ${renumbering(set, people, 'sort -nu')} closes the gaps`,
    })
  }
  const remarks: string[] = []
  if (several > 0) remarks.push(`${several} labels are several numbers: the first is taken for the person`)
  if (people.length < classes) {
    const empty = `${classes - people.length} of ${classes} people have no image`
    remarks.push(`${empty}: ${renumbering(set, people, 'sort -nu')} leaves them out`)
  }
  const seenTwice = people.filter(person => images.get(person)! > 1)
  if (seenTwice.length < people.length) {
    const single = `${people.length - seenTwice.length} of ${people.length} people have one image each, of which little is learnt`
    const mended = seenTwice.length > 1 ? `: ${renumbering(set, seenTwice, 'sort -n | uniq -d')} leaves them out` : ''
    remarks.push(`${single}${mended}`)
  }
  return remarks
}

function imagesByPerson({ count, classes, source, label }: LabelledSet): Map<number, number> {
  const images = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const person = label(i)
    if (person >= classes) {
      const expected = `labels below ${classes}, the number of classes`
      throw new DataError({ file: source, record: i, expected, found: `${person}` })
    }
    images.set(person, (images.get(person) ?? 0) + 1)
  }
  return images
}

/**
 * The command that keeps these people and numbers them anew.
 *
 * @param listed how the shell makes their list of all labels, where it is too long for a message
 */
function renumbering({ dump, several }: LabelledSet, people: readonly number[], listed: string): string {
  const ranges = rangesOf(people)
  const select = (labels: string) => `${dump} | record-select --labels ${labels} --renumber | tfrecord-write --out DIR`
  if (ranges.length <= MAX_LIST) return select(ranges)
  const person = several === 0 ? '.label' : `'(.label.data? // [.label])[0]'`
  return `${dump} | record-json | jq ${person} | ${listed} >labels.txt; ${select('@labels.txt')}`
}

/** As record-select takes them: `0-29,35`. */
function rangesOf(ascending: readonly number[]): string {
  const ranges: string[] = []
  for (let i = 0; i < ascending.length; ) {
    const first = ascending[i]!
    let last = first
    while (ascending[++i] === last + 1) last++
    ranges.push(first === last ? `${first}` : `${first}-${last}`)
  }
  return ranges.join(',')
}
