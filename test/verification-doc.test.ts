/** Every command of docs/verification.md, as it is written there; its table is what is printed, its hand-worked figures what is in the JSON. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { blocks } from './doc-blocks.js'
import { shell } from './shell.js'

const page = readFileSync(fileURLToPath(new URL('../docs/verification.md', import.meta.url)), 'utf8')

t.test('the commands of docs/verification.md', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'verification-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const printed = new Map<string, string>()
  for (const { section, script } of blocks(page)) {
    const { status, stdout, stderr } = shell(`set -eu\n${script}`, folder, { pipefail: true })
    t.equal(status, 0, `${section}: ${stderr}`)
    printed.set(section, stdout)
  }
  const [table] = /^20 pairs, [\s\S]*?(?=^```$)/m.exec(page)!
  t.equal(printed.get('A worked example'), table)
  for (const [section, first] of [
    ['A threshold for your own people', '180 faces'],
    ['One among many', '60 images of'],
    ['Templates of several images', '7140 pairs'],
  ] as const) {
    t.equal(printed.get(section), new RegExp(`^${first}[\\s\\S]*?(?=^\`\`\`$)`, 'm').exec(page)![0], section)
  }
  const { accuracy, auc, auc_exact, tar, exact } = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8'))
  t.match(
    { accuracy, tar: tar['1e-3'] },
    { accuracy: { mean: 0.75, std: 0.25 }, tar: { mean: 0.8, std: 0.4, far: 0.1 } },
  )
  t.equal(auc.toFixed(12), '0.970000000000')
  t.strictSame([auc_exact, exact.eer, exact.tar['1e-1'].tar], [0.97, 0.1, 0.9])
  t.match(printed.get('Groups'), /^day +5 \+ 5 /m)
  t.match(printed.get('Is one network better than another?'), "McNemar's exact test: p = ")
})
