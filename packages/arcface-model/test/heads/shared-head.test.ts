/** Heads whose identities ranks share: loss and gradients of all together, against float64. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { mpirun, WITH_MPI } from '../../../mpi-session/test/mpirun.js'
import { whyNotHere } from '../against-pytorch.js'
import { relative, TOLERANCE } from './check-head.js'
import { headInFloat64 } from './float64.js'
import { batchFor, HEADS } from './shared-cases.js'

const PROGRAM = fileURLToPath(new URL('shared-program.ts', import.meta.url))

for (const engine of ['reference', 'onednn', 'tensorflow'] as const) {
  for (const ranks of engine === 'onednn' ? [2, 3] : [2]) {
    const missing = engine === 'reference' ? false : await whyNotHere(engine, 1)
    t.test(`${engine}, ${ranks} ranks`, { skip: missing || WITH_MPI.skip }, async t => {
      const folder = t.testdir({})
      const { status, stderr } = mpirun(ranks, ['node', '--import=tsx', PROGRAM, engine, folder])
      t.equal(status, 0, stderr)
      const all = Array.from({ length: ranks }, (_, rank) =>
        JSON.parse(readFileSync(join(folder, `${rank}.json`), 'utf8')),
      )
      for (const [i, head] of HEADS.entries()) {
        const expected = headInFloat64(head, batchFor(head), { mean: 20, deviation: 100 })
        const near = (what: string, off: number) => t.ok(off < TOLERANCE, `${head.kind}: ${what} is ${off} off`)
        for (const results of all) {
          near('the loss', relative(results[i].loss, [expected.loss]))
          t.ok(Math.abs(results[i].accuracy[0] - expected.accuracy) < 1e-6, `accuracy ${results[i].accuracy}`)
          t.same(results[i].loss, all[0][i].loss, 'the same on all ranks')
          if (head.kind === 'adaface')
            near('mean length', relative(results[i]['head/length-mean'], [expected.lengths.mean]))
        }
        const joined = (name: string) => all.flatMap(results => results[i][name]) as unknown as Float32Array
        near('the gradient by embeddings', relative(joined('embeddings'), expected.gradients.embeddings))
        near('the gradient by centres', relative(joined('centres'), expected.gradients.centres))
      }
    })
  }
}
