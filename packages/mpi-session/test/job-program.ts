/** A rank of the jobs in job.test.ts: does all that a job can, and writes what came of it into a folder. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'
import { currentJob } from '../src/index.js'

const job = currentJob()
const { rank, ranks } = job
const numbers = (length: number, of: (i: number, rank: number) => number) =>
  Float32Array.from({ length }, (_, i) => of(i, rank))
const mine = (i: number, rank: number) => Math.sin(i + 1) * 10 ** (rank % 3) + rank

const sums = numbers(1001, mine)
job.allReduce(sums, 'sum')
const largest = numbers(5, (i, rank) => (i === rank ? 7 : -rank))
job.allReduce(largest, 'max')
const halves = numbers(1001, mine)
job.allReduce(halves, 'sum', 'bf16')
// The first and the last third of them, in memory that JavaScript does not move; over and over, as steps do.
const background = (['f32', 'bf16'] as const).map(wire => {
  const address = koffi.alloc('float', 1001)
  const values = new Float32Array(koffi.view(address, 4 * 1001))
  const sums = job.backgroundSums(
    [
      { address: address + BigInt(4 * 700), length: 301 },
      { address, length: 300 },
    ],
    wire,
  )
  const rounds = [1, 2, 3].map(() => {
    values.set(numbers(1001, mine))
    sums.begin()
    // Beside them the rank's own calls.
    job.allGather(Float32Array.of(rank), new Float32Array(ranks))
    sums.begin()
    sums.finish()
    return [...values]
  })
  sums.close()
  return rounds
})
const gathered = new Float32Array(3 * ranks)
job.allGather(
  numbers(3, (i, rank) => 10 * rank + i),
  gathered,
)
const bytes = job.exchange(Buffer.from('x'.repeat(rank) + rank)).map(text => Buffer.from(text).toString())
const sent = new Float32Array(4)
if (rank === 0) for (let other = 1; other < ranks; other++) job.receive(sent.subarray(other, other + 1), other)
else job.send(Float32Array.of(rank + 0.5), 0)
const result = { rank, ranks, name: job.name, sums, largest, halves, background, gathered, bytes, sent }
const text = JSON.stringify(result, (_, value) => (value instanceof Float32Array ? [...value] : value))
writeFileSync(join(process.argv[2]!, `${rank}.json`), text)
job.close()
