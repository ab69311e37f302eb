/**
 * The update of parameters, and of running statistics. Parameters, velocities and gradients lie in one arena each, at equal places,
 * so that the whole update is two primitives a strip: a strip of all three fits into the cache between them. What lies in the arenas
 * in whose layout does not matter to it; a parameter lies as its gradient comes.
 */
import { numberOf } from '../../../attributes.js'
import { type Graph, type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import type { updateKernels } from '../../../kernels/update.js'
import type { FamilyRules } from '../../../rule-table.js'
import type { Builder, Form, Role } from '../builder.js'
import { compileLoop, denseWalk } from '../javascript-loops.js'
import { aligned, type Storage } from '../memory-plan.js'
import { filterGradientPrimitive } from './convolution.js'
import type { Rule } from './rule.js'

/** Elements to a strip: three times 512 KiB. */
const STRIP = 131_072

/** Updates that differ only in their tensors, done together and in place once everything else is. */
export interface UpdateGroup {
  readonly nodes: readonly GraphNode[]
  readonly arenas: { readonly parameters: Storage; readonly velocities: Storage; readonly gradients: Storage }
}

/**
 * The updates that can be done in place: parameter and velocity are states, and take the node's outputs, which nothing else reads.
 * The forms of parameters and velocities are set, the places of gradients kept.
 */
export function planUpdates(b: Builder, graph: Graph, state: ReadonlyMap<string, string>): UpdateGroup[] {
  const next = new Map([...state].map(([input, output]) => [graph.inputs.get(input)!, graph.outputs.get(output)!]))
  const read = new Map<Value, number>()
  for (const value of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.values()])
    read.set(value, (read.get(value) ?? 0) + 1)
  const producers = new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const)))
  const groups = new Map<string, GraphNode[]>()
  const rates = new Map<Value, number>()
  const taken = new Set<Value>()
  for (const node of graph.nodes) {
    if (node.op !== 'MomentumUpdate') continue
    const [parameter, velocity, gradient, rate] = node.inputs as [Value, Value, Value, Value]
    const [newParameter, newVelocity] = node.outputs as [Value, Value]
    const inPlace =
      next.get(parameter) === newParameter &&
      next.get(velocity) === newVelocity &&
      read.get(newParameter) === 1 &&
      read.get(newVelocity) === 1 &&
      read.get(velocity) === 1 &&
      producers.has(gradient) &&
      !taken.has(gradient)
    if (!inPlace) continue
    taken.add(gradient)
    if (!rates.has(rate)) rates.set(rate, rates.size)
    const key = `${numberOf(node, 'momentum')} ${numberOf(node, 'weightDecay', 0)} ${rates.get(rate)}`
    groups.set(key, [...(groups.get(key) ?? []), node])
  }
  return [...groups.values()].map(nodes => place(b, nodes, producers, read))
}

function place(
  b: Builder,
  nodes: readonly GraphNode[],
  producers: ReadonlyMap<Value, GraphNode>,
  read: ReadonlyMap<Value, number>,
): UpdateGroup {
  const summed = nodes.map(node => gradientOf(node, producers))
  const homes = nodes.map((node, i) => homeOf(b, node, producers.get(summed[i]!)!))
  const bytes = homes.reduce((sum, { descriptor }) => sum + aligned(descriptor.bytes), 0)
  const arena = (): Storage => ({ bytes, lasting: true })
  const arenas = { parameters: arena(), velocities: arena(), gradients: arena() }
  let offset = 0
  for (const [index, node] of nodes.entries()) {
    const { role, descriptor } = homes[index]!
    const [parameter, velocity, gradient] = node.inputs as [Value, Value, Value]
    const form = (whole: Storage): Form => ({
      role,
      descriptor,
      storage: { bytes: aligned(descriptor.bytes), lasting: true, within: { whole, offset } },
    })
    b.set(parameter, form(arenas.parameters))
    b.set(velocity, form(arenas.velocities))
    const kept = form(arenas.gradients)
    b.keepPlace(gradient, kept)
    if (read.get(summed[index]!) === 1) b.keepPlace(summed[index]!, kept)
    offset += aligned(descriptor.bytes)
  }
  return { nodes, arenas }
}

/** What an update takes, or where ranks add it up, what this one has: the sum lies in its place. */
function gradientOf(node: GraphNode, producers: ReadonlyMap<Value, GraphNode>): Value {
  const gradient = node.inputs[2]!
  const producer = producers.get(gradient)!
  const own = producer.op === 'AllReduce' ? producer.inputs[producer.outputs.indexOf(gradient)]! : gradient
  return producers.has(own) ? own : gradient
}

/** As the gradient comes: from a convolution in its own layout, else in tfjs's. */
function homeOf(b: Builder, node: GraphNode, producer: GraphNode): Pick<Form, 'role' | 'descriptor'> {
  const ofFilter = { Conv2DBackpropFilter: 'filter', DepthwiseConv2dNativeBackpropFilter: 'depthwise' } as const
  const role: Role | undefined = ofFilter[producer.op as keyof typeof ofFilter]
  if (role) return { role, descriptor: filterGradientPrimitive(b, producer).descriptorOf('diffWeights') }
  return { role: 'flat', descriptor: b.plainDescriptor(node.inputs[0]!.shape, 'flat', 'f32') }
}

/** v = momentum v + (g + decay p); p = p - rate v. PyTorch's SGD. */
export function lowerUpdates(b: Builder, { nodes, arenas }: UpdateGroup): void {
  const [first] = nodes as [GraphNode]
  for (const { inputs } of nodes) {
    const [parameter, , gradient] = inputs as [Value, Value, Value]
    const { role, descriptor, storage } = b.homeOf(parameter)
    const found = b.get(gradient, role, descriptor)
    const kept = { whole: arenas.gradients, offset: storage.within!.offset }
    if (found.storage.within?.whole === kept.whole && found.storage.within.offset === kept.offset) continue
    b.reorder(found, { role, descriptor, storage: { bytes: storage.bytes, lasting: true, within: kept } })
  }
  const scalar = b.descriptor([1], 'f32', [1])
  const decay = b.constant(Float32Array.of(numberOf(first, 'weightDecay', 0)), [], 'f32')
  const negativeRate = b.temporary(scalar)
  b.loop('rate', [b.flat(first.inputs[3]!)], [negativeRate], ([rate, to]) => () => {
    to![0] = -rate![0]!
  })
  const count = arenas.parameters.bytes / 4
  for (let start = 0; start < count; start += STRIP) {
    const descriptor = b.descriptor([1, Math.min(STRIP, count - start)], 'f32', 'ab')
    const strip = (whole: Storage): Form => ({
      role: 'flat',
      descriptor,
      storage: { bytes: descriptor.bytes, lasting: true, within: { whole, offset: 4 * start } },
    })
    const [p, v, g] = [strip(arenas.parameters), strip(arenas.velocities), strip(arenas.gradients)]
    const sum = { kind: 'binary', algorithm: 'add', src: descriptor, src1: descriptor, dst: descriptor } as const
    const momentum = numberOf(first, 'momentum')
    const move = b.shared(`velocity ${descriptor.shape} ${momentum}`, () =>
      b.choose([sum], { scales: ['src1'], postOps: [{ kind: 'sum', scale: momentum }] }),
    )
    b.execute(move, { src: g, src1: p, scaleOfSrc1: decay, dst: v }, ['dst'])
    const step = b.shared(`parameter ${descriptor.shape}`, () => b.choose([sum], { scales: ['src1'] }))
    b.execute(step, { src: p, src1: v, scaleOfSrc1: negativeRate, dst: p }, ['dst'])
  }
}

/** The same for a parameter that is not kept in place. */
const momentumUpdate: Rule = (node, b) => {
  const [parameter, velocity, gradient, rate] = node.inputs as [Value, Value, Value, Value]
  const [newParameter, newVelocity] = node.outputs as [Value, Value]
  const dense = denseWalk([sizeOf(parameter.shape)])
  const scalar = { offset: 0, strides: [0] }
  const reads = [b.flat(parameter), b.flat(velocity), b.flat(gradient), b.flat(rate)]
  const writes = [b.flatOutput(newParameter), b.flatOutput(newVelocity)]
  const [momentum, decay] = [numberOf(node, 'momentum'), numberOf(node, 'weightDecay', 0)]
  const body = `const v = Math.fround(${momentum} * x1[i1] + x2[i2] + ${decay} * x0[i0]); x5[i5] = v; x4[i4] = x0[i0] - x3[i3] * v;`
  const walks = [dense, dense, dense, scalar, dense, dense]
  b.loop('momentum', reads, writes, compileLoop([sizeOf(parameter.shape)], walks, body))
}

/** running decay + batch (1 - decay) correction. */
const movingAverage: Rule = (node, b) => {
  const [running, batch] = node.inputs as [Value, Value]
  const decay = numberOf(node, 'decay')
  const share = (1 - decay) * numberOf(node, 'correction', 1)
  const dense = denseWalk([sizeOf(running.shape)])
  const loop = compileLoop(
    [sizeOf(running.shape)],
    [dense, dense, dense],
    `x2[i2] = x0[i0] * ${decay} + x1[i1] * ${share};`,
  )
  b.loop('average', [b.flat(running), b.flat(batch)], [b.flatOutput(node.outputs[0]!)], loop)
}

export const updateRules: FamilyRules<typeof updateKernels, Rule> = {
  MomentumUpdate: momentumUpdate,
  MovingAverage: movingAverage,
}
