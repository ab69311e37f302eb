import { join } from 'node:path'
import t from 'tap'
import { expandPaths } from '../src/index.js'

const folder = t.testdir({
  faces: { 'b.rec': '', 'a.rec': '', 'C.REC': '', 'a.idx': '', nested: { 'd.rec': '' } },
  empty: {},
  'one[1].rec': '',
})
const at = (...names: string[]) => names.map(name => join(folder, name))

t.test('a file is itself, whatever its name; so is what is not there', async t => {
  t.strictSame(
    expandPaths(at('faces/a.idx', 'one[1].rec', 'none.rec'), ['.rec']),
    at('faces/a.idx', 'one[1].rec', 'none.rec'),
  )
})

t.test('a folder is its files of that kind, in the order of code units', async t => {
  t.strictSame(expandPaths(at('faces'), ['.rec']), at('faces/C.REC', 'faces/a.rec', 'faces/b.rec'))
  t.strictSame(expandPaths(at('faces'), ['.idx', '.lst']), at('faces/a.idx'))
  t.throws(() => expandPaths(at('empty'), ['.rec', '.bin']), {
    name: 'DataError',
    message: `${join(folder, 'empty')}: expected files *.rec or *.bin, found none`,
  })
})

t.test('a glob is the files that match', async t => {
  // A glob is written with /, on any system.
  const glob = (pattern: string) => `${folder.replaceAll('\\', '/')}/${pattern}`
  t.strictSame(expandPaths([glob('faces/*.rec')], ['.bin']), [glob('faces/a.rec'), glob('faces/b.rec')])
  t.strictSame(expandPaths([glob('**/d.rec')], []), [glob('faces/nested/d.rec')])
  t.strictSame(
    expandPaths(['tes?/expand-paths.test.ts'], []),
    ['test/expand-paths.test.ts'],
    'as it was typed: from here',
  )
  t.throws(() => expandPaths([glob('faces/*.bin')], []), {
    message: `${glob('faces/*.bin')}: expected files that match, found none`,
  })
})
