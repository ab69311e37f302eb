import { basename } from 'node:path'
import { say } from '@tiny-face/command-shell'
import { UsageError } from '@tiny-face/safe-files'
import { openWeights } from '@tiny-face/weight-files'
import { candidatesOf, chooseSource } from '../import/choose-source.js'
import { compareWithGraph } from '../import/compare-graph.js'
import { importWeights } from '../import/import-weights.js'
import { foldedNorms } from '../import/match-graph.js'
import { type Candidate, nearness } from '../import/match-names.js'
import { fetchPublishedWeights, publishedOrigin } from '../import/published-weights.js'
import { TABLES } from '../import/tables.js'
import { writeImportedRun } from '../import/write-imported-run.js'
import { type NetworkName, PUBLISHED_NAMES, type PublishedName } from '../typed-names.js'

export interface Options {
  out: string
  from?: string
  fromPackage?: string
  network?: NetworkName
  list?: true
  force?: boolean
}

/** Reads a file of weights, and writes the run's folder of the network that they are of. */
export async function importRun(given: string | undefined, options: Options): Promise<void> {
  const { out, from, network, list, force = false } = options
  const names = TABLES.map(({ name }) => name)
  if (from !== undefined && !names.includes(from)) throw new UsageError(`--from is one of ${names.join(', ')}`)
  const published = given === undefined ? publishedName(options) : undefined
  const file = await openWeights(given ?? (await fetchPublishedWeights(published!, options.fromPackage)))
  try {
    if (list) writeList(candidatesOf(file, { from, network }))
    const source = chooseSource(file, { from, network })
    const { table, embeddingSize, matches } = source
    const tensors = importWeights(file, source)
    const error = file.format === 'onnx' ? await compareWithGraph(file.file, source, tensors) : undefined
    const imported = {
      file: basename(file.file),
      format: file.format,
      from: table.name,
      ...(published === undefined ? {} : publishedOrigin(published)),
    }
    writeImportedRun(out, { network: source.network, embeddingSize, imported }, tensors, { force })
    // Two layers of ours may come from one tensor.
    const count = (status: string) =>
      new Set(matches.filter(match => match.status === status).map(({ tensor, variable }) => tensor ?? variable)).size
    say(
      `${source.network} by ${table.source}, embeddings of ${embeddingSize}: ${count('matched')} tensors matched, none missing or unexpected, ${count('left out')} left out`,
    )
    const folded = foldedNorms(source)
    if (error !== undefined)
      say(`its embeddings of two images of noise are ${error.toExponential(1)} of their length from the file's own`)
    if (folded > 0)
      say(
        `${folded} batch norms were folded: they change nothing here but for a scale or an offset; fine-tune with --freeze-statistics`,
      )
  } finally {
    file.close()
  }
}

/** Of a file that was not given, what --from names. */
function publishedName({ from }: Options): PublishedName {
  const name = PUBLISHED_NAMES.find(known => known === from)
  if (name === undefined)
    throw new UsageError(
      `give a file of weights, or --from ${PUBLISHED_NAMES.join(' or ')} for those that are published`,
    )
  return name
}

/** A line for each tensor of the network that comes nearest: status, the file's name, ours, and a note. */
function writeList(candidates: readonly Candidate[]): void {
  const [nearest] = [...candidates].sort((a, b) => nearness(b) - nearness(a))
  for (const { status, tensor = '-', variable = '-', note } of nearest?.matches ?? [])
    console.log([status, tensor, variable, ...(note === undefined ? [] : [note])].join('\t'))
}
