import { UsageError } from '@tiny-face/safe-files'
import { parseWhole } from './parse-number.js'

/** Node's own number: libuv makes so many, however many processors there are, unless UV_THREADPOOL_SIZE says otherwise. */
export const DECODER_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4

const parseCount = parseWhole('--threads', 1)

/** For commander: how many images are decoded at a time, 1 … `DECODER_THREADS`. */
export function parseDecoderThreads(text: string): number {
  const threads = parseCount(text)
  if (threads <= DECODER_THREADS) return threads
  throw new UsageError(`Node has ${DECODER_THREADS} threads for this; UV_THREADPOOL_SIZE=${threads} gives it more`)
}
