import t from 'tap'
import { parseSize } from '../src/index.js'

t.test('sizes with and without a unit', t => {
  const parse = parseSize('--memory')
  for (const [text, bytes] of [
    ['0', 0],
    ['1048576', 1048576],
    ['7B', 7],
    ['512MiB', 512 * 1024 * 1024],
    ['1GiB', 2 ** 30],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2 KiB', 2048],
    ['3kB', 3000],
    ['3KB', 3000],
    ['4MB', 4_000_000],
    ['5GB', 5_000_000_000],
    ['1TB', 1e12],
    ['2TiB', 2 ** 41],
  ] as const) {
    t.equal(parse(text), bytes, text)
  }
  t.end()
})

t.test('anything else is refused', t => {
  for (const text of ['', 'GiB', '-1', '1e9', '0x10', '1GiBs', '1 G iB', 'Infinity', '99999TiB', '1.GiB', '5mb']) {
    t.throws(() => parseSize('--memory')(text), { message: /^--memory is a size such as 512MiB or 2GB/ }, text)
  }
  t.throws(() => parseSize('--memory', 1024)('1023'), { message: /of at least 1024 bytes/ })
  t.equal(parseSize('--memory', 1024)('1KiB'), 1024)
  t.end()
})
