import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { restoreSoname } from '../src/restore-soname.js'

const BUNDLED = 'libgomp-e985bcbb.so.1.0.0'

t.test('a name becomes that of the file, and nothing else changes', async t => {
  const file = join(t.testdir({ 'libgomp.so.1': `head\0libm.so.6\0${BUNDLED}\0tail` }), 'libgomp.so.1')
  restoreSoname(file, BUNDLED)
  t.equal(readFileSync(file, 'latin1'), `head\0libm.so.6\0libgomp.so.1\0${'\0'.repeat(13)}tail`)
})

t.test('a file that has the name nowhere, within another, or twice', async t => {
  for (const [content, found] of [
    ['\0libgomp.so.1\0', 'none'],
    [`\0my${BUNDLED}\0${BUNDLED}.debug\0`, 'none'],
    [`\0${BUNDLED}\0\0${BUNDLED}\0`, 'several'],
  ]) {
    const file = join(t.testdir({ 'libgomp.so.1': content! }), 'libgomp.so.1')
    t.throws(() => restoreSoname(file, BUNDLED), {
      name: 'DataError',
      message: `${file}: expected the name ${BUNDLED} once, found ${found}`,
    })
    t.equal(readFileSync(file, 'latin1'), content, 'it stays as it was')
  }
})
