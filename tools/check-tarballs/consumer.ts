import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entriesOf, manifestOf, root } from './packages.js'
import { faultOf } from './run.js'

const TSC = join(root, 'node_modules/typescript/bin/tsc')
/** A consumer's settings, all of TypeScript's checks of declarations included. */
const STRICT = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node']
/** The consumer's own file, and our declarations: what others declare wrong (tfjs's WebGPU against TypeScript's) is theirs to mend. */
const OURS = /^[^/(]+\.ts\(|\/@tiny-face\//

/** Imports every entry with Node. */
export function checkEntries(name: string, folder: string): string[] {
  const faults = entriesOf(name).map(entry =>
    faultOf(process.execPath, ['--input-type=module', '--eval', `await import('${entry}')`], { cwd: folder }),
  )
  return faults.filter(fault => fault !== undefined)
}

/** Asks every command, as npm linked it, for its help. */
export function checkCommands(name: string, folder: string): string[] {
  const faults = Object.keys(manifestOf(name).bin ?? {}).map(command =>
    faultOf(join(folder, 'node_modules/.bin', command), ['--help'], { cwd: folder }),
  )
  return faults.filter(fault => fault !== undefined)
}

/** Type-checks a strict program that takes all that every entry declares. */
export function checkTypes(name: string, folder: string): string[] {
  const lines = entriesOf(name).map((entry, i) => `import * as entry${i} from '${entry}'\nvoid entry${i}\n`)
  writeFileSync(join(folder, 'consumer.ts'), lines.join(''))
  return typeFaults(folder, 'consumer.ts')
}

/** What TypeScript has against one file, or against the declarations of ours that it reaches. */
export function typeFaults(folder: string, file: string, options: string[] = []): string[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [TSC, ...STRICT, '--pretty', 'false', ...options, file],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  if (status === 0) return []
  const faults = stdout.split(/\n(?=\S)/).filter(line => line.trim() !== '')
  if (faults.length === 0) return [`tsc: ${stderr}`]
  return faults.filter(fault => OURS.test(fault))
}
