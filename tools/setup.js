// Makes a fresh clone ready: dependencies, tap's test class, every package's dist, the engine onednn. Run before everything else that `npm run`
// offers, so it is plain JavaScript on Node's own modules, and done in a blink when nothing has changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const builtStamp = join(root, 'node_modules/.tiny-face-built')

checkNode()
installDependencies()
buildTap()
buildPackages()
installOneDnn()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) fail(`needs Node 20.19 or later, this is ${process.versions.node}`)
}

/** `npm ci`, unless node_modules was made from this very lock file. */
function installDependencies() {
  once('node_modules/.tiny-face-installed', 'package-lock.json', () => {
    say('installing dependencies (npm ci)')
    // Under `npm run` npm says where it is; beside that, it is a shell script on Windows.
    const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
      ? [process.execPath, process.env.npm_execpath]
      : ['npm']
    run([...npm, 'ci', '--ignore-scripts'], {
      what: 'npm ci',
      shell: npm[0] === 'npm' && process.platform === 'win32',
    })
  })
}

/** tap generates its class of assertions for the plugins of .taprc; left to the test runs, two at a time would race for it. */
function buildTap() {
  once('node_modules/@tapjs/test/test-built/.tiny-face-built', '.taprc', () => {
    say('building the test runner (tap build)')
    run(nodeCommand('tap', 'build'), { what: 'tap build', quiet: true })
  })
}

/** Does `action` unless `stamp`, a file that goes with what the action makes, says it was done for the same `source`. */
function once(stamp, source, action) {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, source)))
    .digest('hex')
  const path = join(root, stamp)
  if (existsSync(path) && readFileSync(path, 'utf8') === hash) return
  action()
  writeFileSync(path, hash)
}

/** Nx builds what changed and takes the rest from its cache; it is asked only if a file is newer than the last build. */
function buildPackages() {
  const packages = readdirSync(join(root, 'packages')).map(name => join(root, 'packages', name))
  const built = existsSync(builtStamp) ? statSync(builtStamp).mtimeMs : 0
  const upToDate = packages.every(
    folder =>
      existsSync(join(folder, 'dist/index.js')) &&
      newest(folder, ['src', 'package.json', 'tsconfig.build.json']) < built,
  )
  if (upToDate && newest(root, ['tsconfig.base.json', 'nx.json', 'package-lock.json']) < built) return
  say(`building ${packages.length} packages`)
  const started = new Date()
  run(nodeCommand('nx', 'run-many', '-t', 'build', '--output-style=static'), { what: 'build', quiet: true })
  writeFileSync(builtStamp, '')
  utimesSync(builtStamp, started, started)
}

/**
 * oneDNN, by pip, into the user's cache. Tried once for each version: where it cannot be had nothing is lost but speed, and who
 * removed it does not want it back.
 */
function installOneDnn() {
  once('node_modules/.tiny-face-onednn', 'packages/native-engines/src/pinned-engines.ts', () => {
    say('installing the engine onednn (48 MB, by pip)')
    const command = join(root, 'packages/native-engines/bin/engine-install.js')
    const { status, stderr } = spawnSync(process.execPath, [command, 'onednn', '--quiet'], { encoding: 'utf8' })
    if (status !== 0)
      say(`goes on without it: ${stderr.trim() || status} (node_modules/.bin/engine-install onednn tries again)`)
  })
}

/** The latest change below some files and folders of `folder`; a folder counts too, so a removal is seen. */
function newest(folder, names) {
  let latest = 0
  for (const name of names) {
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) continue
    latest = Math.max(latest, stat.mtimeMs, stat.isDirectory() ? newest(path, readdirSync(path)) : 0)
  }
  return latest
}

/** A package's own program, run by this Node: no shell, no PATH. */
function nodeCommand(name, ...args) {
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[name]), ...args]
}

function run([command, ...args], { what, quiet = false, shell = false }) {
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' }
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    shell,
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
  })
  if (result.error?.code === 'ENOENT') fail(`${command} is not there: it comes with Node, see nodejs.org`)
  if (result.status === 0) return
  if (quiet) process.stderr.write(Buffer.concat([result.stdout, result.stderr]))
  fail(`${what} failed (${result.signal ?? `exit ${result.status}`})`)
}

function say(text) {
  console.error(`setup: ${text}`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
