import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@tiny-face/pinned-downloads'
import { DataError } from '@tiny-face/safe-files'
import type { PinnedEngine } from './pinned-engines.js'

export interface Proof {
  /** The engine's own version and what it runs on, in a few words. */
  readonly said: string
  /** One row for each computation: what, how far from the truth, how long. */
  readonly table: readonly (readonly string[])[]
}

/**
 * Has the engine that lies in `folder` compute, and compares with what plain JavaScript computes. In a process of its own: a
 * library that cannot run here may end the process, not only the call.
 *
 * @throws DataError where it does not load, or computes something else
 */
export async function proveEngine(
  { name, library }: Pick<PinnedEngine, 'name' | 'library'>,
  folder: string,
): Promise<Proof> {
  const script = new URL(`./prove/${name === 'onednn' ? 'onednn' : 'tensorflow'}${extension()}`, import.meta.url)
  const file = join(folder, library)
  const result = await runProgram([process.execPath, ...process.execArgv, fileURLToPath(script), file])
  const line = result.stdout.split('\n').findLast(text => text.startsWith('{'))
  if (result.status === 0 && line !== undefined) return JSON.parse(line) as Proof
  const found = result.stderr
    .trim()
    .split('\n')
    .findLast(text => text.startsWith('proof: '))
    ?.slice('proof: '.length)
  throw new DataError({
    file,
    message: `does not run here`,
    found: found ?? `a process that ended with ${result.status}`,
  })
}

/** These modules run from source in tests and compiled elsewhere. */
const extension = () => (import.meta.url.endsWith('.ts') ? '.ts' : '.js')
