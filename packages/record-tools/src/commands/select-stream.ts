import { progressBar, say } from '@tiny-face/command-shell'
import { recordBytes, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { readIds } from '../id-set.js'
import { readLabelRanges } from '../label-ranges.js'
import { selectLabels } from '../select-labels.js'

export interface Options {
  labels?: string
  except?: string
  exceptIds?: string
  renumber?: true | number
  unframed?: boolean
}

/** Writes the records of some people on standard input to standard output. */
export function selectStream({ labels, except, exceptIds, renumber, unframed }: Options): void {
  if ((labels ?? except ?? exceptIds) === undefined && typeof renumber !== 'number') {
    throw new UsageError('needs --labels, --except, --except-ids or --renumber FIRST (see --help)')
  }
  const selected = selectLabels(stdinRecords({ unframed }), {
    labels: labels === undefined ? undefined : readLabelRanges(labels),
    except: except === undefined ? undefined : readLabelRanges(except),
    exceptIds: exceptIds === undefined ? undefined : readIds(exceptIds),
    renumber: renumber !== undefined,
    first: typeof renumber === 'number' ? renumber : 0,
  })
  const writer = stdoutRecords(selected.begin)
  const bar = progressBar({ unit: 'records' })
  for (const record of selected.records) {
    writer.write(record)
    bar.advance(1, recordBytes(record))
  }
  writer.end()
  bar.done()
  for (const remark of selected.census.remarks()) say(remark)
}
