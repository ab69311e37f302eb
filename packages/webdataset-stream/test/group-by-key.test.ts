import t from 'tap'
import { groupByKey, readTar } from '../src/index.js'
import { memberOf, tarOf } from './fixtures.js'

const samplesIn = (archive: Buffer) => [...groupByKey(readTar([archive], 'x.tar'), 'x.tar')]
const keysIn = (files: Record<string, string>) =>
  samplesIn(tarOf(files)).map(({ key, files }) => [key, ...files.keys()])

t.test('files of one key that follow one another are a sample', t => {
  t.same(keysIn({ 'a.jpg': '', 'a.cls': '', 'b.jpg': '', 'Ann/a.jpg': '', 'a.json': '' }), [
    ['a', 'jpg', 'cls'],
    ['b', 'jpg'],
    ['Ann/a', 'jpg'],
    ['a', 'json'],
  ])
  t.end()
})

t.test('the key ends at the first point of the last part; extensions mean the same in capitals', t => {
  t.same(keysIn({ 'v1.0/a.left.JPG': '', 'v1.0/a.cls': '', './b.Png': '' }), [
    ['v1.0/a', 'left.jpg', 'cls'],
    ['./b', 'png'],
  ])
  t.end()
})

t.test('what is no file of a sample is passed over, and parts no sample', t => {
  t.same(
    keysIn({
      'a.jpg': '',
      README: '',
      '__about__/x.json': '',
      __meta__: '',
      'v1.0/LICENSE': '',
      '.hidden': '',
      'a.cls': '',
    }),
    [['a', 'jpg', 'cls']],
  )
  t.same(keysIn({ '__a.jpg': '', 'Ann/__b__.jpg': '' }), [
    ['__a', 'jpg'],
    ['Ann/__b__', 'jpg'],
  ])
  t.end()
})

t.test('only bytes that mean something here are held', t => {
  const [sample] = samplesIn(
    tarOf({ 'a.jpg': '1', 'a.jpeg': '2', 'a.png': '3', 'a.cls': '4', 'a.json': '5', 'a.txt': '6' }),
  )
  const texts = Array.from(sample!.files, ([extension, bytes]) => [extension, bytes?.toString()])
  t.same(texts, [
    ['jpg', '1'],
    ['jpeg', '2'],
    ['png', '3'],
    ['cls', '4'],
    ['json', '5'],
    ['txt', undefined],
  ])
  t.end()
})

t.test('two files of one name are an error that names the key', t => {
  const archive = Buffer.concat([
    memberOf('Ann/a.jpg', Buffer.from('1')),
    memberOf('Ann/a.JPG', Buffer.from('2')),
    Buffer.alloc(1024),
  ])
  t.throws(() => samplesIn(archive), {
    name: 'DataError',
    message: 'x.tar: byte 1024: id Ann/a: expected one file .jpg of a key, found two, one after the other',
  })
  t.end()
})
