import t from 'tap'
import { imageFormat } from '../src/index.js'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

/** The first bytes of files that libjpeg, libpng, netpbm, OpenCV, giflib, libwebp, libtiff, libheif and OpenJPEG write. */
const HEADS: [string, string][] = [
  ['jpeg', '\xff\xd8\xff\xe0\0\x10JFIF\0\x01'],
  ['jpeg', '\xff\xd8\xff\xdb\0\x43\0\x08'],
  ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ['pgm', 'P5\n92 112\n255\n'],
  ['bmp', 'BM\x36\x93\0\0\0\0\0\0\x36\0\0\0'],
  ['gif', 'GIF89a\x01\0\x01\0'],
  ['gif', 'GIF87a\x01\0\x01\0'],
  ['webp', 'RIFF\x24\0\0\0WEBPVP8 '],
  ['tiff', 'II*\0\x08\0\0\0'],
  ['tiff', 'MM\0*\0\0\0\x08'],
  ['heic', '\0\0\0\x18ftypheic'],
  ['heic', '\0\0\0\x18ftypmif1'],
  ['avif', '\0\0\0\x1cftypavif'],
  ['jpeg2000', '\0\0\0\x0cjP  \r\n\x87\n'],
]

t.test('each format by the first bytes of its files', async t => {
  for (const [format, head] of HEADS) t.equal(imageFormat(latin1(head)), format, JSON.stringify(head))
})

t.test('nothing else: bytes cut short, changed, or of no image', async t => {
  for (const [format, head] of HEADS) {
    if (format === 'pgm') continue
    t.equal(imageFormat(latin1(head.slice(0, 2))), undefined, `${format}, cut to 2 bytes`)
    t.not(imageFormat(latin1(`x${head}`)), format, `${format}, moved by a byte`)
  }
  for (const other of ['', 'BMW cars are', 'RIFF\x24\0\0\0WAVEfmt ', '\0\0\0\x18ftypisom', '\0'.repeat(112)])
    t.equal(imageFormat(latin1(other)), undefined, JSON.stringify(other))
})
