/** Licences: of every dependency, and that our own goes with every package. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { EXCEPTIONS, exceptionFor, isAllowed, licencesPage, productionDependencies } from '../tools/list-licences.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dependencies = productionDependencies()

t.test('docs/licences.md is up to date: else node --import=tsx tools/list-licences.ts', async t => {
  t.equal(read('docs/licences.md'), licencesPage())
})

t.test('every dependency is under a licence that is allowed, or has its reason', async t => {
  for (const dependency of dependencies) {
    const { name, version, licence } = dependency
    t.ok(isAllowed(licence) || exceptionFor(dependency) !== undefined, `${name} ${version}: ${licence}`)
  }
  for (const start of Object.keys(EXCEPTIONS))
    t.ok(
      dependencies.some(({ name, licence }) => name.startsWith(start) && !isAllowed(licence)),
      `${start} is needed`,
    )
})

t.test('what is installed says what the lock file says', async t => {
  const installed = dependencies.filter(({ path }) => existsSync(join(root, path)))
  t.ok(installed.length > dependencies.length / 3, `${installed.length} are installed`)
  for (const { name, version, licence, path } of installed) {
    const manifest = JSON.parse(read(`${path}/package.json`))
    t.equal(manifest.version, version, name)
    t.equal(manifest.license.replace('Apache 2.0', 'Apache-2.0'), licence, name)
  }
})

t.test('a package has what it imports at work, not what its tests need', async t => {
  const names = new Set(dependencies.map(({ name }) => name))
  for (const name of ['sharp', 'msgpackr', 'onnxruntime-node', 'usearch', '@img/sharp-darwin-arm64'])
    t.ok(names.has(name), name)
  for (const name of ['tap', 'typescript', 'playwright-core', '@types/yauzl']) t.notOk(names.has(name), name)
})

t.test('which licences are allowed', async t => {
  for (const licence of ['MIT', '(MIT OR CC0-1.0)', 'Apache-2.0 AND MIT', '(GPL-3.0-only OR MIT)'])
    t.ok(isAllowed(licence), licence)
  for (const licence of ['none', 'LGPL-3.0-or-later', 'Apache-2.0 AND LGPL-3.0-or-later AND MIT', 'SEE LICENSE IN x'])
    t.notOk(isAllowed(licence), licence)
})

t.test("every package carries this project's licence", async t => {
  for (const name of readdirSync(join(root, 'packages'))) {
    t.equal(read(`packages/${name}/LICENSE`), read('LICENSE'), name)
    t.equal(JSON.parse(read(`packages/${name}/package.json`)).license, 'Apache-2.0', name)
  }
})
