import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { takeFromNpmPackage } from '../src/index.js'

/** An archive as npm packs one: all in a folder `package`. */
function packed(t: Test): { archive: string; into: string } {
  const folder = t.testdir({ package: { 'package.json': '{}', dist: { 'a.js': 'a', 'b.js': 'b' } } })
  const archive = join(folder, 'x.tgz')
  t.equal(spawnSync('tar', ['-czf', archive, '-C', folder, 'package']).status, 0)
  return { archive, into: join(folder, 'deep/into') }
}

t.test('a whole package, without the folder around it', async t => {
  const { archive, into } = packed(t)
  await takeFromNpmPackage(archive, into)
  t.strictSame(readdirSync(into).sort(), ['dist', 'package.json'])
  t.equal(readFileSync(join(into, 'dist/b.js'), 'utf8'), 'b')
})

t.test('some of its files', async t => {
  const { archive, into } = packed(t)
  await takeFromNpmPackage(archive, into, ['dist/a.js'])
  t.strictSame(readdirSync(into, { recursive: true }).sort(), ['dist', join('dist', 'a.js')])
})

t.test('a file that it lacks, and what is no archive', async t => {
  const { archive, into } = packed(t)
  await t.rejects(takeFromNpmPackage(archive, into, ['dist/c.js']), { name: 'DataError', message: /x\.tgz: tar: .*/ })
  const file = join(into, 'dist/a.js')
  await takeFromNpmPackage(archive, into)
  await t.rejects(takeFromNpmPackage(file, into), { name: 'DataError', message: /a\.js: tar: .*/ })
})
