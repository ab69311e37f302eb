import t from 'tap'
import {
  bytesField,
  doubleField,
  floatField,
  integerOf,
  intField,
  message,
  packedIntegers,
  placedFields,
} from '../src/index.js'

const placed = (bytes: Uint8Array) => ({
  file: 'm.onnx',
  expected: 'an ONNX model',
  read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
})
const fieldsOf = (bytes: Uint8Array) => [...placedFields(placed(bytes), 0, bytes.length)]

t.test('fields of every wire type, and where their values are', async t => {
  const bytes = message(intField(1, 300), doubleField(2, 1), bytesField(3, Buffer.from('abc')), floatField(4, 1))
  t.strictSame(
    fieldsOf(bytes).map(({ number, wireType, offset, start, end }) => [number, wireType, offset, start, end]),
    [
      [1, 0, 0, 1, 3],
      [2, 1, 3, 4, 12],
      [3, 2, 12, 14, 17],
      [4, 5, 17, 18, 22],
    ],
  )
  t.equal(integerOf(placed(bytes), fieldsOf(bytes)[0]!), 300n)
})

t.test('whole numbers of 64 bits, packed and alone', async t => {
  // -1 and 2^62, as protobuf's own encoder writes them.
  const numbers = Buffer.from('ffffffffffffffffff01808080808080808040', 'hex')
  const bytes = bytesField(8, numbers)
  t.strictSame(packedIntegers(placed(bytes), fieldsOf(bytes)[0]!), [-1n, 2n ** 62n])
  t.throws(() => packedIntegers(placed(numbers), { start: 0, end: 4 }), {
    message: 'm.onnx: byte 0: expected an ONNX model, found the end of it',
  })
})

t.test('what is no message names the byte', async t => {
  for (const [hex, found] of [
    ['0800ff', 'byte 2: expected an ONNX model, found the end of it'],
    ['0f', 'byte 0: expected an ONNX model, found field 1 of wire type 7'],
    ['0200', 'byte 0: expected an ONNX model, found field 0 of wire type 2'],
    [`08${'ff'.repeat(12)}`, 'byte 1: expected an ONNX model, found a number of over 10 bytes'],
    ['08001a0461', 'byte 2: expected 4 bytes of field 3, found 1'],
    ['0d0000', 'byte 0: expected 4 bytes of field 1, found 2'],
  ] as const)
    t.throws(() => fieldsOf(Buffer.from(hex, 'hex')), { name: 'DataError', message: `m.onnx: ${found}` })
})
