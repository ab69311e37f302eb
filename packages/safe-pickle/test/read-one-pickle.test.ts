import t from 'tap'
import {
  type Construct,
  DialectValue,
  type PickleDialect,
  PickleError,
  readOnePickle,
  readPickle,
} from '../src/index.js'
import { pickle } from './assemble.js'

const made: Construct = (_, args) => new DialectValue('a point', args)
const DIALECT: PickleDialect = {
  globals: new Map<string, Construct | undefined>([
    ['geometry.Point', made],
    ['geometry.Kind', undefined],
    ['collections.OrderedDict', () => new Map()],
  ]),
  persistent: (_, id) => new DialectValue('a thing outside', id),
}
const read = (...parts: Parameters<typeof pickle>) => readOnePickle(pickle(...parts), DIALECT).value
const refused = (...parts: Parameters<typeof pickle>) => {
  try {
    return read(...parts)
  } catch (error) {
    if (error instanceof PickleError) return error.message
    throw error
  }
}

t.test("a dialect's globals are called, by whichever opcode", async t => {
  t.strictSame(read('cgeometry\nPoint\n(K\x01K\x02tR.'), new DialectValue('a point', Object.freeze([1, 2])))
  t.strictSame(read('cgeometry\nPoint\n(K\x01t\x81.'), new DialectValue('a point', Object.freeze([1])))
  t.strictSame(read('ccollections\nOrderedDict\n(tR(X\x01\x00\x00\x00aK\x01u.'), new Map([['a', 1]]))
})

t.test('attributes that BUILD sets are passed over, and a persistent id is what the dialect says', async t => {
  t.strictSame(read('ccollections\nOrderedDict\n(tR}(X\x09\x00\x00\x00_metadataK\x01ub.'), new Map())
  t.strictSame(read('cgeometry\nPoint\n(tR}b.'), new DialectValue('a point', Object.freeze([])))
  t.strictSame(read('K\x07Q.'), new DialectValue('a thing outside', 7))
  t.strictSame(read('P7\n.'), new DialectValue('a thing outside', '7'))
})

t.test('a global that is only a value can be one', async t => {
  t.match(read('(cgeometry\nKind\nt.'), [{ name: 'geometry.Kind' }])
  t.equal(refused('cgeometry\nKind\n(tR.'), 'byte 17: expected plain data, found REDUCE of geometry.Kind')
  t.equal(refused('cgeometry\nKind\n(t\x81.'), 'byte 17: expected plain data, found NEWOBJ of geometry.Kind')
})

t.test('all else is refused as without a dialect', async t => {
  t.equal(refused('cos\nsystem\n(U\x02lstR.'), 'byte 0: expected plain data, found GLOBAL os.system')
  t.equal(refused('(K\x01igeometry\nPoint\n.'), 'byte 3: expected plain data, found INST geometry.Point')
  t.equal(refused('(cgeometry\nPoint\no.'), 'byte 17: expected plain data, found OBJ of geometry.Point')
  t.equal(refused('](K\x01e}b.'), 'byte 6: expected plain data, found BUILD of a list of 1')
  t.throws(() => readPickle(pickle('cgeometry\nPoint\n(tR.')), /GLOBAL geometry\.Point/)
  t.throws(() => readPickle(pickle('K\x07Q.')), /BINPERSID number 7 \(an object outside of the pickle\)/)
})

t.test('a pickle among other data ends where it ends', async t => {
  const bytes = pickle('xx', '\x80\x02K\x01.', '\x80\x02K\x02.', 'yy')
  const first = readOnePickle(bytes, DIALECT, 2)
  t.strictSame(first, { value: 1, end: 7 })
  t.strictSame(readOnePickle(bytes, DIALECT, first.end), { value: 2, end: 12 })
  t.throws(() => readOnePickle(pickle('xxK\x01'), DIALECT, 2), /byte 4: expected/)
})
