import { test } from 'tap'
import { readPgm, writePgm } from '../../src/index.js'

/** What unix2dos and its like do to a file: a carriage return before every newline that has none. */
function textMode(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  return new Uint8Array(Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1'))
}

/** A smooth image in which 10 is a frequent level. */
function smooth(height: number, width: number): Uint8Array {
  return Uint8Array.from(
    { length: height * width },
    (_, i) => 8 + Math.floor((i % width) / 3) + (Math.floor(i / width) % 3),
  )
}

test('a file that went through a text-mode transfer is restored', async t => {
  const image = { pixels: smooth(20, 11), height: 20, width: 11 }
  const damaged = textMode(writePgm(image))
  t.ok(damaged.length > writePgm(image).length + 10)
  t.strictSame(readPgm(damaged), image)
  const bright = { pixels: new Uint8Array(220).fill(99), height: 20, width: 11 }
  t.strictSame(readPgm(textMode(writePgm(bright))), bright, 'also where only the header had newlines')
})

test('a genuine 13, 10 among them is found by the fit of the rows', async t => {
  // Every row begins with 10 and goes up in steps of 20; but one row ends in 13, right before the 10 of the next.
  const pixels = Uint8Array.from({ length: 220 }, (_, i) => 10 + (i % 11) * 20)
  pixels[98] = 13
  const image = { pixels, height: 20, width: 11 }
  t.strictSame(readPgm(textMode(writePgm(image))), image)
})

test('the genuine pair is the one that trying each of them finds', async t => {
  let state = 7
  const random = (below: number) => {
    state = (state * 48271) % 0x7fffffff
    return state % below
  }
  for (let round = 0; round < 200; round++) {
    const [height, width] = [1 + random(6), 1 + random(6)]
    const pixels = Uint8Array.from({ length: height * width }, () => [10, 10, 40 + random(9), 13][random(4)]!)
    const damaged = Buffer.from(textMode(writePgm({ pixels, height, width })))
    const body = damaged.subarray(damaged.indexOf('255\r\n') + 5).toString('latin1')
    const pairs = [...body.matchAll(/\r\n/g)].map(({ index }) => index)
    if (body.length - pixels.length !== pairs.length - 1 || body.startsWith('\n')) continue
    const misfit = (image: Buffer) =>
      image.reduce((sum, value, i) => sum + (i < width ? 0 : Math.abs(value - image[i - width]!)), 0)
    const [best] = pairs
      .map(pair => `${body.slice(0, pair).replaceAll('\r\n', '\n')}\r${body.slice(pair + 1).replaceAll('\r\n', '\n')}`)
      .map(text => Buffer.from(text, 'latin1'))
      .sort((a, b) => misfit(a) - misfit(b))
    t.strictSame(readPgm(damaged).pixels, new Uint8Array(best!), body)
  }
})

test('a file of nothing but such pairs takes no longer than another', async t => {
  const length = 2 ** 17
  for (const width of [1, 2 ** 8, length]) {
    const header = `P5\r\n${width} ${length / width}\r\n255\r\n`
    const found = readPgm(Buffer.from(`${header}${'\r\n'.repeat(length - 1)}`))
    t.equal(found.pixels.length, length)
    t.equal(found.pixels.filter(pixel => pixel === 13).length, 1)
  }
})

test('any other surplus stays an error', async t => {
  const damaged = textMode(writePgm({ pixels: smooth(20, 11), height: 20, width: 11 }))
  t.throws(() => readPgm(damaged.subarray(0, -2)), { name: 'DataError', message: /expected 220 bytes of pixels/ })
  t.throws(() => readPgm(Buffer.concat([damaged, Buffer.from('ab')])), { name: 'DataError' })
  const loose = Buffer.concat([damaged, Buffer.from('a\n')])
  t.throws(() => readPgm(loose), { name: 'DataError' }, 'a newline without its carriage return')
})
