import { test } from 'tap'
import { decodeImage, encodePng, imageFormat, readPgm, writePgm } from '../../src/index.js'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

test('a header in all the ways that Netpbm allows', async t => {
  for (const header of ['P5\n3 2\n255\n', 'P5 3 2 255 ', 'P5\t3\r2 \n255\r', 'P5\n# a comment\n3 # 7\n2\n#\n255\n']) {
    const image = readPgm(latin1(`${header}\0\x01\n\r\xfe\xff`))
    t.strictSame(
      image,
      { pixels: new Uint8Array([0, 1, 10, 13, 254, 255]), height: 2, width: 3 },
      JSON.stringify(header),
    )
  }
})

test('other maxima are scaled to 255', async t => {
  t.strictSame(readPgm(latin1('P5 2 2 15 \0\x05\x0f\xff')).pixels, new Uint8Array([0, 85, 255, 255]))
  t.strictSame(readPgm(latin1('P5 2 1 1 \0\x01')).pixels, new Uint8Array([0, 255]))
})

test('a written PGM reads back, and its PNG has the same pixels', async t => {
  const image = { pixels: Uint8Array.from({ length: 35 }, (_, i) => i * 7), height: 5, width: 7 }
  t.strictSame(readPgm(writePgm(image)), image)
  const png = await encodePng(image)
  t.equal(imageFormat(png), 'png')
  t.equal(png[25], 0, 'colour type grey')
  const rgb = Uint8Array.from({ length: 105 }, (_, i) => image.pixels[Math.floor(i / 3)]!)
  t.strictSame(await decodeImage(png), { pixels: rgb, height: 5, width: 7 })
  t.strictSame(await decodeImage(writePgm(image)), { pixels: rgb, height: 5, width: 7 })
  t.throws(() => writePgm({ pixels: rgb, height: 5, width: 7 }), RangeError)
})

test('every other file is one DataError', async t => {
  const whole = 'P5\n3 2\n255\nabcdef'
  for (let length = 0; length < whole.length; length++) {
    t.throws(() => readPgm(latin1(whole.slice(0, length))), { name: 'DataError' })
  }
  const cases: [text: string, message: string][] = [
    ['P2 1 1 255 7', 'byte 0: expected a PGM header (P5 width height maximum), found "P2 1 1 255 7"'],
    ['P5\n3 2\n255\nabcde', 'byte 11: expected 6 bytes of pixels, found 5'],
    ['P5\n3 2\n255\nabcdefg', 'byte 11: expected 6 bytes of pixels, found 7'],
    ['P5 0 2 255 ', 'byte 0: expected 1 to 67108864 pixels, found 0x2'],
    ['P5 99999 99999 255 ', 'byte 0: expected 1 to 67108864 pixels, found 99999x99999'],
    ['P5 1 1 65535 ab', 'byte 0: expected a maximum of 1 to 255, found 65535'],
    ['P5 1 1 0 a', 'byte 0: expected a maximum of 1 to 255, found 0'],
  ]
  for (const [text, message] of cases) {
    t.throws(() => readPgm(latin1(text)), { name: 'DataError', message })
  }
  t.throws(() => readPgm(latin1(`P5 ${'#\n'.repeat(10_000)}1 1 255 a`)), { name: 'DataError' }, 'a header without end')
})
