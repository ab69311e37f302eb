/** What ranks do together, against sums in float64 here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ALONE, currentJob } from '../src/index.js'
import { mpirun, WITH_MPI } from './mpirun.js'

const PROGRAM = ['node', '--import=tsx', fileURLToPath(new URL('job-program.ts', import.meta.url))]
const mine = (i: number, rank: number) => Math.fround(Math.sin(i + 1) * 10 ** (rank % 3) + rank)

t.test('a process by itself is a job of one rank', async t => {
  t.equal(currentJob(), ALONE)
  const values = Float32Array.of(1, 2)
  ALONE.allReduce(values, 'sum')
  t.same([...values], [1, 2])
  const all = new Float32Array(2)
  ALONE.allGather(values, all)
  t.same([...all], [1, 2])
  t.same(ALONE.exchange(Buffer.from('a')), [Buffer.from('a')])
  t.throws(() => ALONE.send(values, 1), { message: 'there is no other rank' })
})

for (const ranks of [1, 2, 3]) {
  t.test(`${ranks} ranks`, WITH_MPI, async t => {
    const folder = t.testdir({})
    const { status, stderr } = mpirun(ranks, [...PROGRAM, folder])
    t.equal(status, 0, stderr)
    const everyone = Array.from({ length: ranks }, (_, rank) => rank)
    const results = everyone.map(rank => JSON.parse(readFileSync(join(folder, `${rank}.json`), 'utf8')))
    t.same(
      results.map(({ rank }) => rank),
      everyone,
    )
    for (const { rank, sums, halves, background, largest, gathered, bytes, sent, name, ...result } of results) {
      t.equal(result.ranks, ranks)
      t.match(name, `rank ${rank} on `)
      t.same(sums, results[0].sums, 'the same on all ranks to the bit')
      t.same(halves, results[0].halves, 'in bf16 too')
      t.equal(sums.length, 1001)
      for (const [i, [wire, summed]] of [['f32', sums] as const, ['bf16', halves] as const].entries()) {
        const [first, ...others] = background[i]
        t.same(others, [first, first], `${wire}: the same in every round`)
        t.same(
          first.slice(300, 700),
          Array.from({ length: 400 }, (_, k) => mine(300 + k, rank)),
          'no other numbers',
        )
        const places = [...first.keys()].filter(k => k < 300 || k >= 700)
        t.same(
          places.map(k => first[k]),
          places.map(k => summed[k]),
          `${wire}: in the background what all wait for`,
        )
      }
      for (const [i, sum] of sums.entries()) {
        const terms = everyone.map(rank => mine(i, rank))
        const exact = terms.reduce((total, term) => total + term, 0)
        const size = terms.reduce((total, term) => total + Math.abs(term), 0)
        if (!(Math.abs(sum - exact) <= size * ranks * 2 ** -24)) t.fail(`sum ${i} is ${sum}, not ${exact}`)
        // Rounded once on the way out, and once on the way back.
        if (!(Math.abs(halves[i] - exact) <= size * 2 ** -7)) t.fail(`in bf16 sum ${i} is ${halves[i]}, not ${exact}`)
      }
      t.same(
        largest,
        [0, 1, 2, 3, 4].map(i => (i < ranks ? 7 : 0)),
      )
      t.same(
        gathered,
        everyone.flatMap(rank => [10 * rank, 10 * rank + 1, 10 * rank + 2]),
      )
      t.same(
        bytes,
        everyone.map(rank => 'x'.repeat(rank) + rank),
      )
      if (rank === 0)
        t.same(
          sent,
          [0, 1, 2, 3].map(other => (other > 0 && other < ranks ? other + 0.5 : 0)),
        )
    }
  })
}
