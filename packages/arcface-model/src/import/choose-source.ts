import { DataError, UsageError } from '@tiny-face/safe-files'
import type { WeightFile, WeightFormat } from '@tiny-face/weight-files'
import type { NetworkName } from '../typed-names.js'
import { matchGraph } from './match-graph.js'
import { type Candidate, fits, matchNames, nearness } from './match-names.js'
import { isReducedExport, matchOwnNames } from './match-own-names.js'
import { FACE_API, MXNET, type NameTable, OWN, PYTORCH, TENSORFLOW } from './name-table.js'
import { TABLES } from './tables.js'

export interface Choice {
  /** The name of a table. */
  readonly from?: string | undefined
  readonly network?: NetworkName | undefined
}

/** Whose names a file of a format may have. */
const WRITERS: Record<Exclude<WeightFormat, 'onnx'>, readonly NameTable['tensors'][]> = {
  pytorch: [PYTORCH],
  safetensors: [PYTORCH, OWN],
  mxnet: [MXNET],
  tensorflow: [TENSORFLOW],
  tfjs: [FACE_API],
}

/**
 * The table and the network that a file's tensors are of.
 *
 * @throws DataError where none fits: it names the nearest, and what of it does not fit; UsageError where more than one does
 */
export function chooseSource(file: WeightFile, { from, network }: Choice): Candidate {
  const candidates = candidatesOf(file, { from, network })
  const fitting = candidates.filter(fits)
  // Our own names say more than the order of a graph.
  const own = fitting.find(({ table }) => table.tensors === OWN)
  if (own !== undefined) return own
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  if (only !== undefined) throw ambiguous(file, fitting)
  if (isReducedExport(file))
    throw new DataError({
      file: file.file,
      expected: "a network's own weights",
      found:
        'a model that arcface-export wrote in f16 or int8, rounded and folded: give the run, or its .safetensors or f32 .onnx',
    })
  const named = [from, network].filter(name => name !== undefined).join(' ')
  const other = named === '' ? undefined : candidatesOf(file, {}).find(fits)
  if (other !== undefined)
    throw new DataError({
      file: file.file,
      expected: `tensors of ${named}, which was asked for`,
      found: `those of --from ${other.table.name} --network ${other.network}`,
    })
  throw misfit(file, candidates)
}

/** All that may be meant, whether or not they fit. */
export function candidatesOf(file: WeightFile, { from, network }: Choice): Candidate[] {
  const { format } = file
  const tables = TABLES.filter(
    ({ name, tensors }) =>
      (from === undefined || name === from) && (format === 'onnx' || WRITERS[format].includes(tensors)),
  )
  return tables.flatMap(table =>
    table.networks
      .filter(name => network === undefined || name === network)
      .flatMap(name => {
        if (table.tensors === OWN) return [matchOwnNames(file, table, name)]
        return format === 'onnx' ? [matchGraph(file, table, name)] : matchNames(file, table, name)
      }),
  )
}

function ambiguous({ file }: WeightFile, fitting: readonly Candidate[]): UsageError {
  const shown = fitting.map(
    ({ table, network, prefix }) =>
      `--from ${table.name} --network ${network} (${table.source}${prefix === '' ? '' : `, under ${prefix}`})`,
  )
  return new UsageError(`${file} may be of ${shown.join(', or ')}: name the one that it is`)
}

function misfit({ file, format, tensors }: WeightFile, candidates: readonly Candidate[]): DataError {
  const [nearest] = [...candidates].sort((a, b) => nearness(b) - nearness(a))
  const names = [...tensors.keys()].slice(0, 3).join(', ')
  if (nearest === undefined || nearness(nearest) <= 0)
    return new DataError({
      file,
      expected: `tensors of a network that is known here: ${TABLES.map(({ name }) => name).join(', ')}`,
      found: `${tensors.size} of ${format}: ${names}, …`,
    })
  const faults = nearest.matches.filter(({ status }) => status !== 'matched' && status !== 'left out')
  const [first] = faults
  const counts = ['missing', 'unexpected', 'wrong shape'].map(
    status => `${faults.filter(fault => fault.status === status).length} ${status}`,
  )
  return new DataError({
    file,
    expected: `${nearest.network} by the names of ${nearest.table.name}, which comes nearest`,
    found: `${counts.join(', ')}; first ${first!.status}: ${first!.tensor ?? first!.variable ?? 'part of the graph'}${first!.note === undefined ? '' : ` (${first!.note})`}`,
  })
}
