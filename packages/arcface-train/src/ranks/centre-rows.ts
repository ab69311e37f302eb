/** The centres of all identities in one tensor of a checkpoint, of which each rank has some rows. */
import type { Job } from '@tiny-face/mpi-session'
import type { NamedTensor, RowsOf, TensorInPieces } from '@tiny-face/weight-files'
import { type OwnShare, ownShare } from './own-share.js'

/** Numbers that go from rank to rank at a time. */
const PIECE = 2 ** 22

/** Whether a tensor of the state has rows of each rank: the centres, and what the optimiser keeps for them, as `velocity/head/centres`. */
export function isOfCentres(name: string): boolean {
  return name === 'head/centres' || name.endsWith('/head/centres')
}

/** The rows that a rank reads of a checkpoint: of what has rows of each rank, its own. */
export function rowsOfRank({ first, classes, allClasses }: OwnShare): RowsOf {
  return (name, [rows = 0]) => {
    const each = rows / allClasses
    return isOfCentres(name) && Number.isInteger(each) ? [first * each, (first + classes) * each] : undefined
  }
}

/**
 * A tensor of which all ranks hold rows, as the first rank writes it: its own rows, then those of the others as they come. The others `sendRows`
 * meanwhile.
 */
export function rowsOfAll(job: Job, { shape, values }: NamedTensor, { allClasses, classes }: OwnShare): TensorInPieces {
  const [rows = 0, ...row] = shape
  const numbersOfClass = values.length / classes
  return {
    shape: [(rows / classes) * allClasses, ...row],
    *pieces() {
      yield values
      const room = new Float32Array(PIECE)
      for (let rank = 1; rank < job.ranks; rank++) {
        const { classes } = ownShare({ classes: allClasses }, { rank, ranks: job.ranks })
        for (const length of lengths(classes * numbersOfClass)) {
          const piece = room.subarray(0, length)
          job.receive(piece, rank)
          yield piece
        }
      }
    },
  }
}

export function sendRows(job: Job, { values }: NamedTensor): void {
  let start = 0
  for (const length of lengths(values.length)) {
    job.send(values.subarray(start, start + length), 0)
    start += length
  }
}

function* lengths(numbers: number): Generator<number> {
  for (let left = numbers; left > 0; left -= PIECE) yield Math.min(PIECE, left)
}
