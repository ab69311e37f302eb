/** A graph as a step that runs in this thread: operations, their memory, and the state between steps. */
import {
  createPrimitive,
  type Descriptor,
  describe,
  destroyDescriptor,
  destroyPrimitive,
  type Library,
  NativeMemory,
  prepareCall,
} from '@tiny-face/onednn-session'
import { checkValues } from '../../check-values.js'
import { guardsHold, type TypedValues } from '../../executable.js'
import type { Graph, GraphNode, Value } from '../../graph/graph.js'
import { Builder, type Form, type LoweringOptions, NUMBER_TYPES, rowStrides, type StepMemory } from './builder.js'
import { constantOperations } from './constant-operations.js'
import { planMemory } from './memory-plan.js'
import { planNumberTypes } from './mixed-precision.js'
import { overlapSums } from './overlap-sums.js'
import { fuseForOnednn } from './passes/index.js'
import { lowerNode } from './rules/index.js'
import { planSums } from './rules/matmul.js'
import { lowerUpdates, planUpdates } from './rules/update.js'

export interface StepPlan {
  readonly graph: Graph
  /** Name of the input to the name of the output that gives its next value. */
  readonly state: ReadonlyMap<string, string>
  /** Inputs that are set like a state and stay. */
  readonly constants: readonly string[]
  /** Outputs without which, if one is not finite, the state stays as it was. */
  readonly guards?: readonly string[]
}

export interface Step {
  /** Bytes of memory that it works on. */
  readonly bytes: number
  setState(values: Readonly<Record<string, TypedValues>>): void
  getState(): Record<string, TypedValues>
  run(inputs: Readonly<Record<string, TypedValues>>): Record<string, TypedValues>
  /** Seconds of each operation of a step, by name: what a profile is made of. */
  profile(inputs: Readonly<Record<string, TypedValues>>): { name: string; seconds: number }[]
  close(): void
}

const ARRAYS = { f32: Float32Array, s32: Int32Array, u8: Uint8Array, bf16: Uint16Array } as const

export function buildStep(library: Library, lowering: LoweringOptions, plan: StepPlan): Step {
  const graph = fuseForOnednn(plan.graph)
  const b = new Builder(library, lowering, planNumberTypes(graph, lowering.precision))
  const settable = new Map([...plan.state.keys(), ...plan.constants].map(name => [name, graph.inputs.get(name)!]))
  const updates = planUpdates(b, graph, plan.state)
  placeInputs(b, graph)
  const averages = keepStatisticsInPlace(b, graph, plan.state)
  planSums(b, graph)
  const moved = new Set<GraphNode>(updates.flatMap(group => group.nodes))
  const later = new Set([...moved, ...averages])
  for (const node of graph.nodes) if (!later.has(node)) lowerNode(b, node)
  const saved = saveOldStates(b, graph, plan.state)
  const nextValues = new Set(plan.state.values())
  const results = [...graph.outputs].flatMap(([name, value]) =>
    nextValues.has(name) ? [] : [{ name, form: b.flat(saved.get(value) ?? value) }],
  )
  // All before this place leaves the state as it was; what comes after is done only where the guards hold.
  const before = overlapSums(b.operations)
  const count = b.operations.length
  for (const node of averages) lowerNode(b, node)
  b.current = 'update'
  for (const group of updates) lowerUpdates(b, group)
  for (const node of moved)
    for (const [index, output] of node.outputs.entries()) b.set(output, b.homeOf(node.inputs[index]!))
  keepState(b, graph, plan.state, saved)
  b.loop(
    'outputs',
    results.map(({ form }) => form),
    [],
    () => () => {},
  )

  const untouched = new Set(before)
  const operations = [...before, ...b.operations.slice(count)]
  const constants = new Set(plan.constants.map(name => b.homeOf(graph.inputs.get(name)!).storage))
  const { once, kept } = constantOperations(operations, constants, b.scratchpad)
  const memoryPlan = planMemory(operations, kept)
  const memory = new NativeMemory(memoryPlan.bytes)
  const releases: (() => void)[] = []
  const stepMemory: StepMemory = {
    library,
    address: storage => memory.address + BigInt(memoryPlan.offsetOf(storage)),
    array: ({ storage, descriptor }) => {
      const view = memory.view(memoryPlan.offsetOf(storage), descriptor.bytes)
      return new ARRAYS[descriptor.type](view) as Float32Array
    },
    atEnd: release => releases.push(release),
  }
  const bound = operations.map(operation => ({ operation, call: operation.bind(stepMemory) }))
  const calls = bound.filter(({ operation }) => !once.has(operation))
  const computing = calls.filter(({ operation }) => untouched.has(operation))
  const updating = calls.filter(({ operation }) => !untouched.has(operation))
  const preparing = bound.filter(({ operation }) => once.has(operation))
  let prepared = false
  let closed = false
  const inputs = [...graph.inputs].flatMap(([name, value]) =>
    settable.has(name) ? [] : [{ name, value, array: stepMemory.array(b.homeOf(value)) }],
  )
  const outputs = results.map(({ name, form }) => ({ name, array: stepMemory.array(form) }))
  const unset = new Set(settable.keys())

  const load = (given: Readonly<Record<string, TypedValues>>) => {
    const [missing] = unset
    if (missing !== undefined) throw new Error(`state ${missing} was never set`)
    for (const name of Object.keys(given))
      if (!graph.inputs.has(name) || settable.has(name)) throw new TypeError(`${name} is no input of a step`)
    for (const { name, value, array } of inputs) array.set(checked(name, value, given[name]))
    if (!prepared) for (const { call } of preparing) call()
    prepared = true
  }
  return {
    bytes: memoryPlan.bytes,
    setState(values) {
      for (const [name, data] of Object.entries(values)) {
        const value = settable.get(name)
        if (!value) throw new TypeError(`${name} is no state (states are ${[...settable.keys()].join(', ')})`)
        writeForm(stepMemory, value, b.homeOf(value), checked(name, value, data))
        unset.delete(name)
        prepared = false
      }
    },
    getState: () =>
      Object.fromEntries([...settable].map(([name, value]) => [name, readForm(stepMemory, value, b.homeOf(value))])),
    run(given) {
      load(given)
      for (const { call } of computing) call()
      const outcome = Object.fromEntries(outputs.map(({ name, array }) => [name, array.slice()]))
      if (guardsHold(plan, outcome)) for (const { call } of updating) call()
      return outcome
    },
    profile(given) {
      load(given)
      return calls.map(({ operation, call }) => {
        const started = performance.now()
        call()
        return { name: operation.name, seconds: (performance.now() - started) / 1000 }
      })
    },
    close() {
      if (closed) return
      closed = true
      for (const release of releases) release()
      b.destroy()
      memory.free()
    },
  }
}

/** Every input that no update has placed lies in tfjs's own order. */
function placeInputs(b: Builder, graph: Graph): void {
  for (const value of graph.inputs.values()) {
    if (!b.has(value)) {
      const type = NUMBER_TYPES[value.dtype]
      b.set(value, b.temporary(b.plainDescriptor(value.shape, 'flat', type), true))
    }
    b.operations.push({ name: 'input', reads: [], writes: [b.homeOf(value).storage], bind: () => () => {} })
  }
  for (const [value, data] of graph.constants) b.set(value, b.constant(data, value.shape, NUMBER_TYPES[value.dtype]))
}

/**
 * Outputs that are a state as it was before the step, or a view of it: they are copied before anything is updated in place.
 *
 * @returns for each such output the value that stands for it
 */
function saveOldStates(b: Builder, graph: Graph, state: ReadonlyMap<string, string>): ReadonlyMap<Value, Value> {
  b.current = 'state'
  const owners = new Map([...state].map(([input, output]) => [b.homeOf(graph.inputs.get(input)!).storage, output]))
  const saved = new Map<Value, Value>()
  for (const value of graph.outputs.values()) {
    if (!b.has(value) || saved.has(value)) continue
    const owner = owners.get(b.homeOf(value).storage)
    if (owner === undefined || graph.outputs.get(owner) === value) continue
    const old: Value = { shape: value.shape, dtype: value.dtype }
    b.reorder(b.flat(value), b.flatOutput(old))
    saved.set(value, old)
  }
  return saved
}

/**
 * A running statistic that only its own average reads, and that is no output, is overwritten by it.
 *
 * @returns the averages that do so: nothing else reads what they make
 */
function keepStatisticsInPlace(b: Builder, graph: Graph, state: ReadonlyMap<string, string>): GraphNode[] {
  const reads = new Map<Value, number>()
  for (const value of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.values()])
    reads.set(value, (reads.get(value) ?? 0) + 1)
  const next = new Map([...state].map(([input, output]) => [graph.inputs.get(input)!, graph.outputs.get(output)!]))
  return graph.nodes.filter(({ op, inputs, outputs }) => {
    const [running, average] = [inputs[0]!, outputs[0]!]
    if (op !== 'MovingAverage' || next.get(running) !== average) return false
    if (reads.get(running) !== 1 || reads.get(average) !== 1) return false
    b.keepPlace(average, b.homeOf(running))
    return true
  })
}

/** Whatever was not updated in place is copied; first out of the way what another state would overwrite. */
function keepState(
  b: Builder,
  graph: Graph,
  state: ReadonlyMap<string, string>,
  saved: ReadonlyMap<Value, Value>,
): void {
  b.current = 'state'
  const places = new Set([...state.keys()].map(name => b.homeOf(graph.inputs.get(name)!).storage))
  const copies = [...state].flatMap(([input, output]) => {
    const home = b.homeOf(graph.inputs.get(input)!)
    const next = graph.outputs.get(output)!
    const found = b.get(saved.get(next) ?? next, home.role, home.descriptor)
    return found.storage === home.storage ? [] : [{ home, found }]
  })
  const safe = copies.map(({ home, found }) => {
    if (!places.has(found.storage)) return { home, found }
    const aside = b.temporary(found.descriptor)
    b.reorder(found, aside)
    return { home, found: aside }
  })
  for (const { home, found } of safe) b.reorder(found, home)
}

function checked(name: string, value: Value, values: TypedValues | undefined): TypedValues {
  checkValues(name, value, values)
  return values
}

function writeForm(stepMemory: StepMemory, value: Value, form: Form, data: TypedValues): void {
  withPlainCopy(stepMemory, value, form, (plain, reorder) => {
    plain.set(data)
    reorder('in')
  })
}

function readForm(stepMemory: StepMemory, value: Value, form: Form): TypedValues {
  return withPlainCopy(stepMemory, value, form, (plain, reorder) => {
    reorder('out')
    return plain.slice() as TypedValues
  })
}

/** Memory beside the step's, in tfjs's own order, for the time in which a state goes in or out. */
function withPlainCopy<T>(
  stepMemory: StepMemory,
  value: Value,
  form: Form,
  use: (plain: Float32Array | Int32Array | Uint8Array, reorder: (way: 'in' | 'out') => void) => T,
): T {
  const { library } = stepMemory
  const { descriptor } = form
  const type = NUMBER_TYPES[value.dtype]
  const plain: Descriptor = describe(library, descriptor.shape, type, plainStrides(form, value))
  const memory = new NativeMemory(plain.bytes)
  try {
    const there = { descriptor, address: stepMemory.address(form.storage) }
    const here = { descriptor: plain, address: memory.address }
    return use(new ARRAYS[type](memory.view(0, plain.bytes)) as Float32Array, way => {
      const [src, dst] = way === 'in' ? [here, there] : [there, here]
      const primitive = createPrimitive(library, { kind: 'reorder', src: src.descriptor, dst: dst.descriptor })
      const scratchpad = new NativeMemory(primitive.scratchpadBytes)
      const call = prepareCall(library, primitive, {
        src,
        dst,
        scratchpad: { descriptor: primitive.descriptorOf('scratchpad'), address: scratchpad.address },
      })
      call.run()
      call.destroy()
      scratchpad.free()
      destroyPrimitive(library, primitive)
    })
  } finally {
    memory.free()
    destroyDescriptor(library, plain)
  }
}

function plainStrides({ role }: Form, { shape }: Value): number[] {
  if (role === 'flat') return shape.length === 0 ? [1] : rowStrides(shape)
  const [a, b, c, d] = rowStrides(shape) as [number, number, number, number]
  if (role === 'image') return [a, d, b, c]
  return role === 'filter' ? [d, c, a, b] : [c, d, c, a, b]
}
