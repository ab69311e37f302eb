/** A rank of shared-head.test.ts: has some of the images, and the centres of some identities. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { currentJob } from '@tiny-face/mpi-session'
import { compile, type EngineName } from '@tiny-face/tfjs-compiler'
import { centresOfIdentity } from '../../src/index.js'
import { headProgram } from './check-head.js'
import { batchFor, HEADS, shareFor } from './shared-cases.js'

const [engine, folder] = process.argv.slice(2) as [EngineName, string]
const { rank, ranks } = currentJob()
const share = shareFor(rank, ranks)
const results = []
for (const head of HEADS) {
  const { embeddings, centres, labels } = batchFor(head)
  const images = embeddings.length / ranks
  const each = centresOfIdentity(head)
  const { program, statistics } = headProgram(head, images, share)
  const executable = await compile(program, { engine, precision: 'f32', threads: 1 })
  await executable.setState(
    Object.fromEntries(statistics.map(({ name, initialise }) => [name, initialise(1, () => 0)])),
  )
  const outputs = await executable.step({
    embeddings: Float32Array.from(embeddings.slice(rank * images, (rank + 1) * images).flat()),
    centres: Float32Array.from(centres.slice(share.first * each, (share.first + share.classes) * each).flat()),
    labels: Int32Array.from(labels, label => {
      const place = label - share.first
      return place >= 0 && place < share.classes ? place : -1
    }),
  })
  const state = await executable.getState()
  results.push(
    Object.fromEntries(Object.entries({ ...outputs, ...state }).map(([name, values]) => [name, [...values]])),
  )
  await executable.close()
}
writeFileSync(join(folder, `${rank}.json`), JSON.stringify(results))
currentJob().close()
