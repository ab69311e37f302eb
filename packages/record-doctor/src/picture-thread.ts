/** A thread of `PictureThreads`: answers its tasks in their order, each with what its pictures are like or with what was thrown. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { DataMap } from '@tiny-face/record-stream'
import { type ExaminedPicture, examinePicture } from './examine-picture.js'

export type Answer = { pictures: ExaminedPicture[] } | { error: unknown }

const port = parentPort as MessagePort
let previous = Promise.resolve()

port.on('message', (records: DataMap[]) => {
  previous = previous.then(() => answer(records))
})

async function answer(records: readonly DataMap[]): Promise<void> {
  const pictures: ExaminedPicture[] = []
  try {
    // One after the other, for a photo takes a hundred megabytes while it is decoded.
    for (const record of records) pictures.push(await examinePicture(record))
    port.postMessage(
      { pictures } satisfies Answer,
      pictures.map(({ bytes }) => bytes.buffer as ArrayBuffer),
    )
  } catch (error) {
    port.postMessage({ error } satisfies Answer)
  }
}
