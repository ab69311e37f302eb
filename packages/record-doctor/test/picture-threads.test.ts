import { copyRecord, type DataMap } from '@tiny-face/record-stream'
import { test } from 'tap'
import { examinePicture } from '../src/examine-picture.js'
import { PictureThreads } from '../src/picture-threads.js'
import { faceRecords } from './drawn-faces.js'

const records: DataMap[] = await faceRecords(3, 4)
const odd: DataMap[] = [
  { id: 'no image', label: 1 },
  { image: new Uint8Array(0) },
  { id: 2n ** 60n, image: Uint8Array.of(1, 2) },
]

test('tasks of several threads: each says of its pictures what examinePicture does, bytes included', async t => {
  const threads = new PictureThreads(3)
  t.teardown(() => threads.close())
  const tasks = [records.slice(0, 5), odd, records.slice(5, 6), [], records.slice(6)]
  const found = await Promise.all(tasks.map(task => threads.examine(task.map(record => copyRecord(record)))))
  for (const [i, task] of tasks.entries()) {
    const expected = await Promise.all(task.map(examinePicture))
    t.strictSame(found[i]!.map(plain), expected.map(plain))
  }
})

test('closed in the midst of its tasks, it ends; closed, it takes none', async t => {
  const threads = new PictureThreads(1)
  const abandoned = threads.examine(records.map(record => copyRecord(record)))
  abandoned.catch(() => {})
  await threads.close()
  await t.rejects(threads.examine(odd), { message: 'the picture threads are closed' })
})

/** Without what the way through a thread changes: Buffers become bytes. */
function plain(picture: object): object {
  const bytes = (value: unknown) => (value instanceof Uint8Array ? Uint8Array.from(value) : value)
  return Object.fromEntries(Object.entries(picture).map(([key, value]) => [key, bytes(value)]))
}
