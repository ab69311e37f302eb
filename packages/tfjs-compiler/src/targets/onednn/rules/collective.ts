/**
 * What all ranks of a job compute together. Gradients that the update takes are summed where they lie, in the layout in which they came: the
 * ranks run one program on processors of one kind, so that a place means the same on all. All else is summed in tfjs's own order.
 */
import { currentJob, type WireType } from '@tiny-face/mpi-session'
import type { GraphNode, Value } from '../../../graph/graph.js'
import type { collectiveKernels } from '../../../kernels/collective.js'
import type { FamilyRules } from '../../../rule-table.js'
import type { Builder, Form } from '../builder.js'
import { aligned, type Storage } from '../memory-plan.js'
import type { Rule } from './rule.js'

const allReduce: Rule = (node, b) => {
  const forms = node.outputs.map((output, i) => placed(b, node.inputs[i]!, output))
  const { op, wire } = node.attributes as { op: 'sum' | 'max'; wire: WireType }
  const { ranks, localRanks } = currentJob()
  const storages = [...new Set(forms.map(({ storage }) => storage))]
  const early = op === 'sum' && localRanks < ranks ? storages.filter(({ within }) => within !== undefined) : []
  const stretches = neighboursJoined(b, forms)
  const gathered = b.temporary(b.descriptor([sizeOfAll(stretches.apart)], 'f32', [1]))
  b.operations.push({
    name: `${b.current} ${op}`,
    ...(early.length > 0 && { early: { storages: early, wire } }),
    reads: storages,
    writes: [...storages, gathered.storage],
    bind: memory => {
      const job = currentJob()
      const together = (early.length > 0 ? [] : stretches.together).map(form => memory.array(form) as Float32Array)
      const apart = stretches.apart.map(form => memory.array(form) as Float32Array)
      const all = memory.array(gathered) as Float32Array
      return () => {
        for (const values of together) job.allReduce(values, op, wire)
        if (apart.length === 0) return
        let place = 0
        for (const values of apart) {
          all.set(values, place)
          place += values.length
        }
        job.allReduce(all, op, wire)
        place = 0
        for (const values of apart) {
          values.set(all.subarray(place, place + values.length))
          place += values.length
        }
      }
    },
  })
}

/** Puts a value where its sum is to lie: in the place that was kept for it, or beside. */
function placed(b: Builder, value: Value, sum: Value): Form {
  const kept = b.placeKeptFor(sum)
  if (kept === undefined) {
    const form = b.flatOutput(sum)
    b.reorder(b.flat(value), form)
    return form
  }
  const found = b.get(value, kept.role, kept.descriptor)
  if (found.storage !== kept.storage) b.reorder(found, kept)
  b.set(sum, kept)
  return kept
}

/**
 * Forms that lie one behind the other in a larger stretch, as one form each time; and all others. Where things lie in larger stretches is the
 * same on all ranks, and so is what is exchanged in one call.
 */
function neighboursJoined(b: Builder, forms: readonly Form[]): { together: Form[]; apart: Form[] } {
  const within = forms.filter(({ storage }) => storage.within !== undefined)
  const apart = forms.filter(({ storage }) => storage.within === undefined)
  const together: { whole: Storage; offset: number; bytes: number }[] = []
  for (const form of within) {
    const last = together.at(-1)
    const { whole, offset } = form.storage.within!
    const bytes = aligned(form.descriptor.bytes)
    if (last?.whole === whole && last.offset + last.bytes === offset) last.bytes += bytes
    else together.push({ whole, offset, bytes })
  }
  const stretches = together.map(({ whole, offset, bytes }): Form => {
    const descriptor = b.descriptor([bytes / 4], 'f32', [1])
    return { role: 'flat', descriptor, storage: { bytes, lasting: true, within: { whole, offset } } }
  })
  return { together: stretches, apart }
}

const sizeOfAll = (forms: readonly Form[]) =>
  Math.max(
    1,
    forms.reduce((total, { descriptor }) => total + descriptor.bytes / 4, 0),
  )

const allGather: Rule = (node: GraphNode, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  b.loop('gather', [b.flat(x)], [b.flatOutput(y)], ([own, all]) => {
    const job = currentJob()
    return () => job.allGather(own as Float32Array, all as Float32Array)
  })
}

export const collectiveRules: FamilyRules<typeof collectiveKernels, Rule> = {
  AllReduce: allReduce,
  AllGather: allGather,
}
