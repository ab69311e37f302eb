import { basename } from 'node:path'
import { say } from '@tiny-face/command-shell'
import { UsageError } from '@tiny-face/safe-files'
import { openWeights } from '@tiny-face/weight-files'
import { candidatesOf, chooseSource } from '../import/choose-source.js'
import { compareWithGraph } from '../import/compare-graph.js'
import { importWeights } from '../import/import-weights.js'
import { foldedNorms } from '../import/match-graph.js'
import { type Candidate, nearness } from '../import/match-names.js'
import { TABLES } from '../import/tables.js'
import { writeImportedRun } from '../import/write-imported-run.js'
import type { NetworkName } from '../typed-names.js'

export interface Options {
  out: string
  from?: string
  network?: NetworkName
  list?: true
  force?: boolean
}

/** Reads a file of weights, and writes the run's folder of the network that they are of. */
export async function importRun(path: string, { out, from, network, list, force = false }: Options): Promise<void> {
  const names = TABLES.map(({ name }) => name)
  if (from !== undefined && !names.includes(from)) throw new UsageError(`--from is one of ${names.join(', ')}`)
  const file = await openWeights(path)
  try {
    if (list) writeList(candidatesOf(file, { from, network }))
    const source = chooseSource(file, { from, network })
    const { table, embeddingSize, matches } = source
    const tensors = importWeights(file, source)
    const error = file.format === 'onnx' ? await compareWithGraph(file.file, source, tensors) : undefined
    const imported = { file: basename(file.file), format: file.format, from: table.name }
    writeImportedRun(out, { network: source.network, embeddingSize, imported }, tensors, { force })
    const count = (status: string) => matches.filter(match => match.status === status).length
    say(
      `${source.network} by ${table.source}, embeddings of ${embeddingSize}: ${count('matched')} tensors matched, none missing or unexpected, ${count('left out')} left out`,
    )
    const folded = foldedNorms(source)
    if (error !== undefined)
      say(`its embeddings of two images of noise are ${error.toExponential(1)} of their length from the file's own`)
    if (folded > 0)
      say(
        `${folded} batch norms were folded into their convolutions: they change nothing here but for an offset; fine-tune with --freeze-statistics`,
      )
  } finally {
    file.close()
  }
}

/** A line for each tensor of the network that comes nearest: status, the file's name, ours, and a note. */
function writeList(candidates: readonly Candidate[]): void {
  const [nearest] = [...candidates].sort((a, b) => nearness(b) - nearness(a))
  for (const { status, tensor = '-', variable = '-', note } of nearest?.matches ?? [])
    console.log([status, tensor, variable, ...(note === undefined ? [] : [note])].join('\t'))
}
