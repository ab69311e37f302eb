import t from 'tap'
import {
  bytesField,
  doublesField,
  fieldSize,
  floatField,
  intField,
  MAX_GROUP_DEPTH,
  message,
  ProtobufReader,
  varintSize,
  writeHead,
  writeVarint,
} from '../src/index.js'

/** The bytes that protobuf's own documentation gives (https://protobuf.dev/programming-guides/encoding). */
const TEST1 = Buffer.from('089601', 'hex')
const TEST2 = Buffer.from('120774657374696e67', 'hex')
const TEST3 = Buffer.from('1a03089601', 'hex')

t.test('the messages of the documentation', async t => {
  t.same(Buffer.from(message(intField(1, 150))), TEST1)
  t.same(Buffer.from(message(bytesField(2, Buffer.from('testing')))), TEST2)
  t.same(Buffer.from(message(bytesField(3, intField(1, 150)))), TEST3)
  const reader = new ProtobufReader(Buffer.concat([TEST1, TEST2, TEST3]))
  t.equal(reader.tag(), 1 << 3)
  t.equal(reader.int64(), 150n)
  t.equal(reader.tag(), (2 << 3) | 2)
  t.equal(reader.string(), 'testing')
  t.equal(reader.tag(), (3 << 3) | 2)
  const outer = reader.enter()
  t.equal(reader.tag(), 1 << 3)
  t.equal(reader.int64(), 150n)
  t.notOk(reader.more)
  reader.leave(outer)
  t.notOk(reader.more)
})

t.test('a varint is as long as its size says, and reads back', async t => {
  for (const value of [0, 1, 127, 128, 16383, 16384, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1]) {
    const bytes = Buffer.alloc(10)
    t.equal(writeVarint(bytes, 0, value), varintSize(value), `${value}`)
    t.equal(new ProtobufReader(bytes.subarray(0, varintSize(value))).int64(), BigInt(value))
  }
  t.equal(new ProtobufReader(intField(1, 2 ** 53 - 1).subarray(1)).int64(), BigInt(2 ** 53 - 1))
  t.equal(new ProtobufReader(Buffer.from('ffffffffffffffffff01', 'hex')).int64(), -1n)
})

t.test('what is cut off anywhere is told, with its byte', async t => {
  const whole = message(
    intField(1, 300),
    floatField(2, 1.5),
    bytesField(3, Buffer.from('face')),
    doublesField(4, [1, 2]),
  )
  const ends = new Set<number>([0])
  const reader = new ProtobufReader(whole)
  while (reader.more) {
    reader.skip(reader.tag())
    ends.add(reader.position)
  }
  for (let length = 0; length < whole.length; length++) {
    const cut = new ProtobufReader(whole.subarray(0, length))
    const read = () => {
      while (cut.more) cut.skip(cut.tag())
    }
    if (ends.has(length)) t.doesNotThrow(read, `${length}`)
    else t.throws(read, { name: 'DataError', offset: Number }, `${length}`)
  }
})

t.test('no message of protobuf', async t => {
  for (const [hex, found] of [
    ['00', '0'],
    ['0e', '6'],
    ['08ffffffffffffffffffff01', 'a longer one'],
    ['0b14', 'that of 2'],
    ['12ffffffff1f', 'a larger one'],
  ] as const) {
    const reader = new ProtobufReader(Buffer.from(hex, 'hex'))
    t.throws(() => reader.skip(reader.tag()), { name: 'DataError', found }, hex)
  }
})

t.test('a field whose length comes before its bytes', async t => {
  for (const size of [0, 1, 127, 128, 70_000]) {
    const bytes = Buffer.alloc(fieldSize(size), 7)
    const start = writeHead(bytes, 0, (3 << 3) | 2, size)
    t.equal(start + size, bytes.length, `${size}`)
    const reader = new ProtobufReader(bytes)
    t.equal(reader.tag(), (3 << 3) | 2)
    t.equal(reader.view().length, size)
    t.notOk(reader.more)
  }
})

t.test('values by their kind', async t => {
  const bytes = message(floatField(1, 1.5), bytesField(2, Buffer.from('Zoë')), bytesField(3, Buffer.from('ab')))
  const reader = new ProtobufReader(bytes)
  reader.tag()
  t.equal(reader.float(), 1.5)
  reader.tag()
  t.equal(reader.string(), 'Zoë')
  reader.tag()
  t.same(reader.view(), Buffer.from('ab'))
  const latin1 = new ProtobufReader(bytesField(2, Buffer.from('Zoë', 'latin1')))
  latin1.tag()
  t.throws(() => latin1.string(), { name: 'DataError', offset: 1, expected: 'a string in UTF-8' })
})

t.test('a group that is not known is passed over, so many within each other', async t => {
  const nested = (depth: number) => Buffer.from([...Array(depth).fill(0x0b), 0x10, 1, ...Array(depth).fill(0x0c)])
  const reader = new ProtobufReader(Buffer.concat([nested(MAX_GROUP_DEPTH), TEST1]))
  reader.skip(reader.tag())
  t.equal(reader.tag(), 1 << 3)
  const deeper = new ProtobufReader(nested(MAX_GROUP_DEPTH + 1))
  t.throws(() => deeper.skip(deeper.tag()), { name: 'DataError', found: 'more' })
})
