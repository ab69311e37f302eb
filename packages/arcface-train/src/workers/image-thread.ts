/** The thread of `ImageThreadPool`: answers its tasks in their order, each with what is wrong with its images or with what it threw. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type ImageSetup, type ImageTask, runTask } from './image-task.js'

const port = parentPort as MessagePort
const setup = workerData as ImageSetup
let previous = Promise.resolve()
let closed = false

port.on('message', (message: ImageTask | 'close') => {
  if (message !== 'close') {
    previous = previous.then(() => answer(message))
    return
  }
  closed = true
  port.close()
})

async function answer(task: ImageTask): Promise<void> {
  if (closed) return
  try {
    port.postMessage({ faults: await runTask(task, setup) })
  } catch (error) {
    port.postMessage({ error })
  }
}
