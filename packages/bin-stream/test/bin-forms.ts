/** Verification sets in every form a pickle of them has, written opcode by opcode. */
import type { VerificationSet } from '../src/index.js'

/** How images are spelled, the protocol of the opcodes around them, and how the answers are. */
export interface BinForm {
  image: keyof typeof IMAGES
  same: keyof typeof ANSWERS
  protocol: 0 | 1 | 2 | 3 | 4 | 5
  /** Items behind one mark; 0 is one APPEND for each. */
  batch: number
  /** Every value is put into the memo. */
  memo: boolean
}

type Part = string | number | Uint8Array

class Writer {
  readonly protocol: BinForm['protocol']
  readonly #memo: boolean
  #parts: Uint8Array[] = []
  #memoized = 0

  constructor({ protocol, memo }: BinForm) {
    this.protocol = protocol
    this.#memo = memo
  }

  put(...parts: Part[]): this {
    for (const part of parts) {
      if (typeof part === 'string') this.#parts.push(Buffer.from(part, 'latin1'))
      else this.#parts.push(typeof part === 'number' ? Uint8Array.of(part) : Uint8Array.from(part))
    }
    return this
  }

  remember(): this {
    if (!this.#memo) return this
    const index = this.#memoized++
    if (this.protocol === 0) return this.put(`p${index}\n`)
    if (this.protocol >= 4) return this.put(0x94)
    return index < 256 ? this.put('q', index) : this.put('r', uint32(index))
  }

  text(text: string): this {
    if (this.protocol === 0) return this.put(`V${text}\n`).remember()
    if (this.protocol < 4) return this.put('X', uint32(text.length), text).remember()
    return this.put(0x8c, text.length, text).remember()
  }

  global(module: string, name: string): this {
    if (this.protocol < 4) return this.put(`c${module}\n${name}\n`).remember()
    return this.text(module).text(name).put(0x93).remember()
  }

  int(value: number): this {
    if (this.protocol === 0) return this.put(`I${value}\n`)
    return value < 256 ? this.put('K', value) : this.put('J', uint32(value))
  }

  true(value: boolean): this {
    if (this.protocol < 2) return this.put(value ? 'I01\n' : 'I00\n')
    return this.put(value ? 0x88 : 0x89)
  }

  /** The last `count` values, behind a mark where `count` is more than 3 or the protocol has no other way. */
  tuple(values: (() => unknown)[]): this {
    const marked = this.protocol < 2 || values.length > 3 || values.length === 0
    if (marked) this.put('(')
    for (const value of values) value()
    return this.put(marked ? 't' : 0x84 + values.length).remember()
  }

  list(values: (() => unknown)[], batch: number): this {
    this.put(this.protocol === 0 ? '(l' : ']').remember()
    for (let i = 0; i < values.length; i += Math.max(1, batch)) {
      if (batch > 0) this.put('(')
      for (const value of values.slice(i, i + Math.max(1, batch))) value()
      this.put(batch > 0 ? 'e' : 'a')
    }
    return this
  }

  bytes(): Uint8Array {
    const body = Buffer.concat(this.#parts)
    const head = this.protocol < 2 ? [] : [0x80, this.protocol]
    const frame = this.protocol < 4 ? Buffer.alloc(0) : Buffer.concat([Uint8Array.of(0x95), uint64(body.length + 1)])
    return new Uint8Array(Buffer.concat([Uint8Array.from(head), frame, body, Buffer.from('.')]))
  }
}

const IMAGES = {
  string: (w: Writer, image: Uint8Array) => w.put('S', quoted(image), '\n').remember(),
  binstring: (w: Writer, image: Uint8Array) =>
    (image.length < 256 ? w.put('U', image.length, image) : w.put('T', uint32(image.length), image)).remember(),
  bytes: (w: Writer, image: Uint8Array) =>
    (image.length < 256 ? w.put('C', image.length, image) : w.put('B', uint32(image.length), image)).remember(),
  bytes8: (w: Writer, image: Uint8Array) => w.put(0x8e, uint64(image.length), image).remember(),
  bytearray8: (w: Writer, image: Uint8Array) => w.put(0x96, uint64(image.length), image).remember(),
  bytearray: (w: Writer, image: Uint8Array) => {
    w.global('builtins', 'bytearray').tuple([() => IMAGES.bytes(w, image)])
    return w.put('R').remember()
  },
  'bytearray of Python 2': (w: Writer, image: Uint8Array) => {
    w.global('__builtin__', 'bytearray').tuple([
      () => latin1(w, image),
      () => IMAGES[w.protocol === 0 ? 'string' : 'binstring'](w, Buffer.from('latin-1')),
    ])
    return w.put('R').remember()
  },
  encoded: (w: Writer, image: Uint8Array) => {
    w.global('_codecs', 'encode').tuple([() => latin1(w, image), () => w.text('latin1')])
    return w.put('R').remember()
  },
  row: (w: Writer, image: Uint8Array) => array(w, image, [image.length], 'numpy.core'),
  column: (w: Writer, image: Uint8Array) => array(w, image, [image.length, 1], 'numpy.core'),
  'numpy 2': (w: Writer, image: Uint8Array) => array(w, image, [image.length], 'numpy._core'),
  buffer: (w: Writer, image: Uint8Array) => {
    w.global('numpy._core.numeric', '_frombuffer').tuple([
      () => IMAGES.bytearray8(w, image),
      () => dtype(w, 'u1', '|'),
      () => w.tuple([() => w.int(image.length), () => w.int(1)]),
      () => w.text('C'),
    ])
    return w.put('R').remember()
  },
}

const ANSWERS = {
  bools: (w: Writer, same: boolean[], batch: number) =>
    w.list(
      same.map(value => () => w.true(value)),
      batch,
    ),
  ints: (w: Writer, same: boolean[], batch: number) =>
    w.list(
      same.map(value => () => w.int(value ? 1 : 0)),
      batch,
    ),
  tuple: (w: Writer, same: boolean[]) => w.tuple(same.map(value => () => w.true(value))),
  scalars: (w: Writer, same: boolean[], batch: number) =>
    w.list(
      same.map(value => () => {
        w.global('numpy.core.multiarray', 'scalar')
        w.tuple([() => dtype(w, 'b1', '|'), () => IMAGES.binstring(w, Uint8Array.of(value ? 1 : 0))])
        w.put('R').remember()
      }),
      batch,
    ),
  array: (w: Writer, same: boolean[]) => array(w, Uint8Array.from(same, Number), [same.length], 'numpy.core', 'b1'),
  int64: (w: Writer, same: boolean[]) =>
    array(w, new Uint8Array(BigInt64Array.from(same, BigInt).buffer), [same.length], 'numpy._core', 'i8'),
}

export const IMAGE_FORMS = Object.keys(IMAGES) as (keyof typeof IMAGES)[]
export const ANSWER_FORMS = Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]

/** A set in that form. Python reads each of them, but for an image of Python 2 that it has as bytes. */
export function binFile({ images, same }: VerificationSet, form: BinForm): Uint8Array {
  const writer = new Writer(form)
  writer.tuple([
    () =>
      writer.list(
        images.map(image => () => IMAGES[form.image](writer, image)),
        form.batch,
      ),
    () => ANSWERS[form.same](writer, same, form.batch),
  ])
  return writer.bytes()
}

function array(w: Writer, data: Uint8Array, shape: number[], module: string, code = 'u1'): Writer {
  const raw = w.protocol < 3 ? IMAGES.encoded : IMAGES.bytes
  w.global(`${module}.multiarray`, '_reconstruct')
  w.tuple([() => w.global('numpy', 'ndarray'), () => w.tuple([() => w.int(0)]), () => raw(w, Buffer.from('b'))])
  w.put('R').remember()
  w.tuple([
    () => w.int(1),
    () => w.tuple(shape.map(size => () => w.int(size))),
    () => dtype(w, code, code.endsWith('1') ? '|' : '<'),
    () => w.true(false),
    () => raw(w, data),
  ])
  return w.put('b')
}

function dtype(w: Writer, code: string, order: string): Writer {
  w.global('numpy', 'dtype').tuple([() => w.text(code), () => w.true(false), () => w.true(true)])
  w.put('R').remember()
  w.tuple([() => w.int(3), () => w.text(order), ...Array(3).fill(() => w.put('N')), ...Array(3).fill(() => w.int(0))])
  return w.put('b')
}

/** Bytes as a text of the characters up to 255, as Python 3 spells them for protocols 0 to 2. */
function latin1(w: Writer, bytes: Uint8Array): Writer {
  const text = Buffer.from(bytes).toString('latin1')
  if (w.protocol === 0) {
    // Python escapes the backslash and NUL, newline, carriage return and SUB.
    const escaped = Array.from(text, character =>
      '\\\0\n\r\x1a'.includes(character) ? `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character,
    )
    return w.put(`V${escaped.join('')}\n`).remember()
  }
  const encoded = Buffer.from(text, 'utf8')
  return w.put('X', uint32(encoded.length), encoded).remember()
}

/** As Python 2's repr. */
function quoted(bytes: Uint8Array): string {
  const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" }
  const text = Buffer.from(bytes).toString('latin1')
  const hex = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  return `'${text.replace(/[^\x20-\x7e]|['\\]/g, character => escapes[character] ?? hex(character))}'`
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
