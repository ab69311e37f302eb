/** What commander is given to read numbers, seeds and counts of threads with. */
import { UsageError } from '@tiny-face/safe-files'
import t from 'tap'
import { DECODER_THREADS, MAX_SEED, parseDecoderThreads, parseNumber, parseSeed, parseWhole } from '../src/index.js'

t.test('whole numbers', async t => {
  const parse = parseWhole('--shards', 1)
  t.equal(parse('1'), 1)
  t.equal(parse('9007199254740991'), Number.MAX_SAFE_INTEGER)
  for (const text of ['0', '-1', '1.5', '1e3', '', ' 1', '9007199254740992', 'NaN'])
    t.throws(() => parse(text), { message: '--shards is a whole number of at least 1.' }, text)
  t.equal(parseWhole('--from')('0'), 0)
})

t.test('numbers between two bounds, both included', async t => {
  const parse = parseNumber('--rate', 0, 1)
  for (const [text, value] of [
    ['0', 0],
    ['1', 1],
    ['1e-3', 0.001],
  ] as const)
    t.equal(parse(text), value)
  for (const text of ['', ' ', '-0.1', '1.01', 'NaN', 'x', 'Infinity'])
    t.throws(() => parse(text), { message: '--rate is a number from 0 to 1.' }, text)
  t.equal(parseNumber('--lr', 0)('1e9'), 1e9)
  for (const text of ['-1', 'Infinity'])
    t.throws(() => parseNumber('--lr', 0)(text), { message: '--lr is a number of at least 0.' }, text)
})

t.test('seeds are of 32 bits', async t => {
  t.equal(parseSeed('0'), 0)
  t.equal(parseSeed('4294967295'), MAX_SEED)
  for (const text of ['4294967296', '-1', '1.5', '', '0x10'])
    t.throws(() => parseSeed(text), { message: 'A seed is a whole number from 0 to 4294967295.' }, text)
})

t.test('no more images at a time than Node has threads for', async t => {
  t.equal(parseDecoderThreads('1'), 1)
  t.equal(parseDecoderThreads(`${DECODER_THREADS}`), DECODER_THREADS)
  t.throws(() => parseDecoderThreads('0'), { message: '--threads is a whole number of at least 1.' })
  const more = DECODER_THREADS + 1
  const message = `Node has ${DECODER_THREADS} threads for this; UV_THREADPOOL_SIZE=${more} gives it more`
  t.throws(() => parseDecoderThreads(`${more}`), { message })
  t.throws(() => parseDecoderThreads(`${more}`), UsageError)
})
