import { closeSync, cpSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { typeFaults } from './consumer.js'
import { GIVEN } from './given.js'
import { install } from './install.js'
import type { Tarball } from './pack.js'
import { closureOf, importedPackages, packageFolder, root } from './packages.js'
import { faultOf } from './run.js'

/** An example leaves out what TypeScript would have its reader write: the types of its functions' parameters. */
const AS_WRITTEN = ['--noImplicitAny', 'false']

/** Type-checks the first example of a package's README, and runs it on small data, where `given.ts` does not say why not. */
export function checkExample(
  name: string,
  folder: string,
  { tarballs, data }: { tarballs: Record<string, Tarball>; data: string },
): { done: string; faults: string[] } {
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(packageFolder(name), 'README.md'), 'utf8'))?.[1]
  if (example === undefined) return { done: 'not there', faults: ['its README has no example'] }
  const { before = '', after = '', stdin, shell, instead = {}, notRun } = GIVEN[name] ?? {}
  let code = `${before}\n${example}\n${after}\nexport {}\n`
  for (const [words, here] of Object.entries(instead)) code = code.replaceAll(words, here)

  // An example may show its package at work with another one, which its reader installs beside it.
  const imported = importedPackages(name, code)
  const others = [...imported.ours.filter(other => !closureOf(name).has(other)), ...Object.keys(imported.others)]
  if (others.length > 0) {
    rmSync(folder, { recursive: true })
    const installed = install(name, folder, tarballs, imported)
    if (typeof installed === 'string') return { done: 'not installed', faults: [installed] }
  }
  const beside = others.length > 0 ? `, with ${others.join(', ')} beside it` : ''

  writeFileSync(join(folder, 'example.ts'), code)
  const faults = typeFaults(folder, 'example.ts', AS_WRITTEN)
  if (faults.length > 0) return { done: `not type-checked${beside}`, faults }
  if (notRun !== undefined) return { done: `type-checked${beside} (${notRun})`, faults }

  cpSync(data, folder, { recursive: true })
  const fault = (shell && faultOf('bash', ['-euc', shell], { cwd: folder })) || runExample(folder, stdin)
  return { done: `${fault ? 'fails' : 'runs'}${beside}`, faults: fault ? [fault] : [] }
}

/** An example is over by then on a busy machine as well; one that is not has left something open. */
const EXAMPLE_MS = 180_000

/** Node itself runs TypeScript from 22.18 on; before that tsx, of this project, takes the types away. */
function runExample(folder: string, stdin: string | undefined): string | undefined {
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
  const input = openSync(stdin === undefined ? '/dev/null' : join(folder, stdin), 'r')
  const fault = faultOf(process.execPath, [`--import=${tsx}`, 'example.ts'], {
    cwd: folder,
    stdio: [input, 'pipe', 'pipe'],
    timeout: EXAMPLE_MS,
  })
  closeSync(input)
  return fault
}
