/** The heads by their papers' own words, in float64: angles, loops, and gradients by differences. */
import type { HeadConfig } from '../../src/index.js'

type Rows = readonly (readonly number[])[]

export interface HeadCase {
  readonly embeddings: Rows
  /** `[classes * K]` rows; those of one identity follow each other. */
  readonly centres: Rows
  readonly labels: readonly number[]
}

/** AdaFace's mean and deviation of the lengths before and after a batch. */
export interface Lengths {
  readonly mean: number
  readonly deviation: number
}

export interface Expected {
  readonly loss: number
  readonly accuracy: number
  /** Of the loss by each embedding and each centre, row by row. */
  readonly gradients: { readonly embeddings: Float64Array; readonly centres: Float64Array }
  readonly lengths: Lengths
}

export function headInFloat64(head: HeadConfig, given: HeadCase, before: Lengths): Expected {
  const lengths = head.kind === 'adaface' ? moveLengths(head.decay, given.embeddings, before) : before
  // Lengths of the embeddings as they are given: no gradient flows through AdaFace's margin.
  const margins = penalties(head, given.embeddings.map(norm), lengths)
  const lossAt = (at: HeadCase) => lossOf(head, at, margins)
  return {
    loss: lossAt(given),
    accuracy: accuracyOf(head, given),
    gradients: {
      embeddings: differences(given.embeddings, embeddings => lossAt({ ...given, embeddings })),
      centres: differences(given.centres, centres => lossAt({ ...given, centres })),
    },
    lengths,
  }
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const norm = (x: readonly number[]) => Math.hypot(...x)
const clip = (x: number, least: number, most: number) => Math.min(most, Math.max(least, x))

/** `[image][identity]` */
function cosinesOf(head: HeadConfig, { embeddings, centres }: HeadCase): number[][] {
  const each = head.kind === 'subcentre' ? head.centres : 1
  return embeddings.map(embedding => {
    const all = centres.map(centre => dot(embedding, centre) / (norm(embedding) * norm(centre)))
    return Array.from({ length: all.length / each }, (_, i) => Math.max(...all.slice(i * each, (i + 1) * each)))
  })
}

function lossOf(head: HeadConfig, given: HeadCase, margins: readonly ((cosine: number) => number)[]): number {
  const losses = cosinesOf(head, given).map((cosines, image) => {
    const own = given.labels[image]!
    const logits = cosines.map((cosine, i) => head.scale * (i === own ? margins[image]!(cosine) : cosine))
    const most = Math.max(...logits)
    return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) - logits[own]!
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

function accuracyOf(head: HeadConfig, given: HeadCase): number {
  const right = cosinesOf(head, given).filter((all, i) => all.indexOf(Math.max(...all)) === given.labels[i])
  return right.length / given.labels.length
}

/** What stands for each image's own cosine. */
function penalties(head: HeadConfig, lengths: readonly number[], usual: Lengths): ((cosine: number) => number)[] {
  return lengths.map(length => (cosine: number) => penalise(head, cosine, length, usual))
}

function penalise(head: HeadConfig, cosine: number, length: number, usual: Lengths): number {
  switch (head.kind) {
    case 'arcface':
      return arcface(cosine, head.margin, head.easy ?? false)
    case 'subcentre':
      return arcface(cosine, head.margin, false)
    case 'cosface':
      return cosine - head.margin
    case 'combined': {
      const [m1, m2, m3] = head.margins
      const angle = m1 * Math.acos(clip(cosine, -1, 1)) + m2
      const k = Math.floor(angle / Math.PI)
      return (-1) ** k * Math.cos(angle) - 2 * k - m3
    }
    case 'adaface': {
      const scaled = (clip(length, 0.001, 100) - usual.mean) / (usual.deviation + 0.001)
      const quality = clip(head.h * scaled, -1, 1)
      const [angular, additive] = [-head.margin * quality, head.margin + head.margin * quality]
      const angle = Math.acos(clip(cosine, -0.999, 0.999)) + angular
      return Math.cos(clip(angle, 0.001, Math.PI - 0.001)) - additive
    }
  }
}

function arcface(cosine: number, margin: number, easy: boolean): number {
  const angle = Math.acos(clip(cosine, -1, 1))
  if (easy) return cosine > 0 ? Math.cos(angle + margin) : cosine
  return angle + margin < Math.PI ? Math.cos(angle + margin) : cosine - margin * Math.sin(margin)
}

function moveLengths(decay: number, embeddings: Rows, { mean, deviation }: Lengths): Lengths {
  const lengths = embeddings.map(embedding => clip(norm(embedding), 0.001, 100))
  const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  const squares = lengths.reduce((sum, length) => sum + (length - average) ** 2, 0)
  const move = (old: number, now: number) => decay * old + (1 - decay) * now
  return { mean: move(mean, average), deviation: move(deviation, Math.sqrt(squares / (lengths.length - 1))) }
}

const STEP = 1e-4

/** The gradient by differences of fourth order: exact to some 1e-10 here. */
function differences(rows: Rows, lossAt: (rows: Rows) => number): Float64Array {
  const partial = (row: number, column: number) => {
    const at = (steps: number) => {
      const moved = rows[row]!.with(column, rows[row]![column]! + steps * STEP)
      return lossAt(rows.with(row, moved))
    }
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * STEP)
  }
  return Float64Array.from(rows.flatMap((values, row) => values.map((_, column) => partial(row, column))))
}
