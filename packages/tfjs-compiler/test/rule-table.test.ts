import t from 'tap'
import { KERNELS, UnsupportedKernel } from '../src/index.js'
import { onlyRules, type RuleTable, ruleOf, unsupported } from '../src/rule-table.js'

const node = (op: string, source?: string) => ({ op, source, inputs: [], outputs: [], attributes: {} })

t.test('a table of a few rules knows those and says so of all others', async t => {
  const table: RuleTable<() => number> = onlyRules({ Add: () => 2 })
  t.equal(ruleOf(table, node('Add'), 'three')(), 2)
  t.throws(() => ruleOf(table, node('Sub', 'sub'), 'three'), {
    message: 'target three has no rule for kernel Sub (recorded by tf.sub): it knows Add',
    kernel: 'Sub',
    source: 'sub',
    target: 'three',
  })
  t.throws(() => ruleOf(table, node('toString'), 'three'), UnsupportedKernel)
  t.same(Object.keys(table).sort(), Object.keys(KERNELS).sort())
})

t.test('a table without a kernel is no table for the compiler', async t => {
  // @ts-expect-error a rule for every kernel but one that is unsupported, is what the type asks for
  const table: RuleTable<() => number> = { Add: () => 1, Sub: unsupported('on purpose') }
  t.throws(() => ruleOf(table, node('Sub'), 'x'), /on purpose/)
})
