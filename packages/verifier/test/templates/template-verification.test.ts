import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { verifyTemplates } from '../../src/templates/template-verification.js'
import { differencesOf, type IjbSet } from './ijb-sets.js'

// What tools/peers/insightface-ijb.py said, with scikit-learn 1.1.3; tools/peers/check-templates compares hundreds more.
const sets = readFileSync(new URL('../fixtures/ijb-sets.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')

for (const [i, line] of sets.entries()) {
  const set = JSON.parse(line) as IjbSet
  const kind = `${set.flipped === null ? 'without' : 'with'} mirror images and ${set.scores === null ? 'without' : 'with'} scores`
  test(`insightface's figures of set ${i}, ${kind}`, async t => {
    t.strictSame(differencesOf(set), [])
  })
}

test('a rate that no pair has is taken from the nearest point, and is said to rest on no pair', async t => {
  // Cosines 1, 1 (of one person), and 0.8 (of two).
  const templates = { length: 3, size: 2, templates: Float64Array.of(1, 0, 1, 0, 0.8, 0.6) }
  const pairs = { length: 2, left: Uint32Array.of(0, 0), right: Uint32Array.of(1, 2), same: Uint8Array.of(1, 0) }
  const { tar, auc } = verifyTemplates(templates, pairs)
  t.strictSame(tar['1e-1'], { tar: 1, far: 0, falseAccepts: 0, cosine: 1 })
  t.equal(auc, 1)
  const worst = verifyTemplates(templates, { ...pairs, same: Uint8Array.of(0, 1) })
  t.strictSame(worst.tar['1e-1'], { tar: 0, far: 0, falseAccepts: 0, cosine: Infinity })
  t.equal(worst.auc, 0)
})
