/** A target of three kernels: plain loops over arrays. It shows what a target is; docs/compiler.md walks through it. */
import { type GraphNode, graphOf, type Target, type TypedValues, type Value } from '../src/index.js'
import { onlyRules, ruleOf } from '../src/rule-table.js'

type Rule = (inputs: TypedValues[], node: GraphNode) => TypedValues

const RULES = onlyRules<Rule>({
  Add: ([a, b], { inputs }) => broadcast(a!, b!, inputs, (x, y) => x + y),
  Multiply: ([a, b], { inputs }) => broadcast(a!, b!, inputs, (x, y) => x * y),
  Relu: ([x]) => x!.map(item => Math.max(0, item)),
})

/** A tensor with one of its own shape, or with a scalar. */
function broadcast(a: TypedValues, b: TypedValues, inputs: readonly Value[], f: (x: number, y: number) => number) {
  if (a.length !== b.length && b.length !== 1)
    throw new Error(`three kernels: [${inputs[0]!.shape}] and [${inputs[1]!.shape}] do not go together here`)
  return a.map((item, index) => f(item, b[b.length === 1 ? 0 : index]!))
}

export const threeKernels: Target = {
  name: 'three-kernels',
  async compile(program) {
    const graph = graphOf(program)
    // a kernel without a rule is said now, not in the first step
    const steps = graph.nodes.map(node => ({ node, rule: ruleOf(RULES, node, 'three-kernels') }))
    const state: Record<string, TypedValues> = {}
    return {
      async setState(values) {
        for (const [name, data] of Object.entries(values)) state[name] = data.slice()
      },
      async getState() {
        return Object.fromEntries(Object.entries(state).map(([name, data]) => [name, data.slice()]))
      },
      async step(inputs) {
        const memory = new Map<Value, TypedValues>(graph.constants)
        for (const [name, value] of graph.inputs) memory.set(value, state[name] ?? inputs[name]!)
        for (const { node, rule } of steps)
          memory.set(
            node.outputs[0]!,
            rule(
              node.inputs.map(value => memory.get(value)!),
              node,
            ),
          )
        const outputs = new Map([...graph.outputs].map(([name, value]) => [name, memory.get(value)!]))
        for (const [input, output] of program.state) state[input] = outputs.get(output)!
        const isState = new Set(program.state.values())
        return Object.fromEntries([...outputs].filter(([name]) => !isState.has(name)))
      },
      async close() {},
    }
  },
}
