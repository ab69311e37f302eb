import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { stubs } from './shell.js'

/** What a command may load before it answers: commander, command-shell, safe-files and its own declarations. Here 40 at most. */
const MOST_FILES = 45

// Whoever asks for help, or mistypes an option, does not wait for codecs and tensors. A command file declares; what does the work is
// imported when it runs. Files are told on descriptor 3: modules by a hook, what they require (commander is CommonJS) at the end.
const HOOK = `import { writeSync } from 'node:fs'
export async function load(url, context, next) {
  writeSync(3, url + '\\n')
  return next(url, context)
}`
const data = (script: string) => `data:text/javascript,${encodeURIComponent(script)}`
const REPORT = data(`import { writeSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'
register(${JSON.stringify(data(HOOK))})
process.on('exit', () => {
  for (const path of Object.keys(createRequire('/').cache)) writeSync(3, pathToFileURL(path) + '\\n')
})`)

for (const [command, stub] of stubs) {
  t.test(command, async t => {
    for (const option of ['--help', '--no-such-option']) {
      const files = filesLoaded(stub, option)
      t.ok(files.includes(stub), 'files are counted')
      t.ok(
        files.some(file => file.includes('commander/lib/')),
        'those that are required, too',
      )
      t.ok(files.length <= MOST_FILES, `${command} ${option} loads ${files.length} files, at most ${MOST_FILES}`, {
        files,
      })
    }
  })
}

function filesLoaded(stub: string, option: string): string[] {
  // tap would have every Node below a test load modules of its own, by NODE_OPTIONS.
  const command = ['-u', 'NODE_OPTIONS', process.execPath, '--import', REPORT, stub, option]
  const { output } = spawnSync('env', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const urls = new Set(output[3]!.split('\n').filter(url => url.startsWith('file:')))
  return [...urls].map(url => fileURLToPath(url))
}
