// Writes a record stream of pairs with embeddings: embedded-pairs.ts PAIRS SIZE
import { RecordWriter, tensorOf } from '@tiny-face/record-stream'
import { xoroshiro } from '@tiny-face/seeded-random'

const [pairs, size] = process.argv.slice(2).map(Number) as [number, number]
const random = xoroshiro(1)
const writer = new RecordWriter(1, { source: 'made pairs', count: 2 * pairs })
const values = new Float32Array(size)
const embedding = tensorOf(values)
for (let index = 0; index < pairs; index++) {
  const same = index % 2 === 0
  for (let i = 0; i < size; i++) values[i] = random.uniform() - 0.5
  writer.write({ id: 2 * index, embedding, pair: { index, side: 0, same } })
  for (let i = 0; i < size; i++) values[i] = same ? values[i]! + 0.3 * (random.uniform() - 0.5) : random.uniform() - 0.5
  writer.write({ id: 2 * index + 1, embedding, pair: { index, side: 1, same } })
}
writer.end()
