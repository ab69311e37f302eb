import type { TrainingSet } from '../training-set.js'
import type { ImageTask } from './image-task.js'

const NOTHING = new Uint8Array()

/**
 * The encoded images of some records, one behind the other: one piece of memory that can be given to a thread. Those that are kept as
 * pixels are not read.
 */
export function packImages(
  set: Pick<TrainingSet, 'image'>,
  records: Uint32Array,
  isKept?: Uint8Array,
): Pick<ImageTask, 'records' | 'encoded' | 'ends'> {
  const images = Array.from(records, record => (isKept?.[record] ? NOTHING : set.image(record)))
  const ends = new Uint32Array(images.length)
  let end = 0
  for (const [i, { byteLength }] of images.entries()) {
    end += byteLength
    ends[i] = end
  }
  const encoded = new Uint8Array(end)
  for (const [i, image] of images.entries()) encoded.set(image, ends[i]! - image.byteLength)
  return { records, encoded, ends }
}
