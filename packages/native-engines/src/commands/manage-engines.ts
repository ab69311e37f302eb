import { alignColumns, say } from '@tiny-face/command-shell'
import { UsageError } from '@tiny-face/safe-files'
import { type InstallOptions, installEngine } from '../install-engine.js'
import { listEngines } from '../list-engines.js'
import { NATIVE_ENGINE_NAMES, type NativeEngineName } from '../pinned-engines.js'
import { removeEngine } from '../remove-engine.js'

export interface Options {
  list?: true
  remove?: true
  from?: string
  quiet?: true
}

/** Installs or removes an engine, or lists those that are there. */
export async function manageEngines(engine: string | undefined, { list, remove, from, quiet }: Options): Promise<void> {
  if (list) {
    if (engine !== undefined || remove) throw new UsageError('--list stands alone')
    process.stdout.write(listEngines())
    return
  }
  const name = NATIVE_ENGINE_NAMES.find(known => known === engine)
  if (name === undefined)
    throw new UsageError(
      `expected an engine (${NATIVE_ENGINE_NAMES.join(', ')}), found ${engine ?? 'none'} (see --help)`,
    )
  if (remove) reportRemoval(name)
  else await install(name, { from, show: !quiet, onStep: say })
}

function reportRemoval(name: NativeEngineName): void {
  const folders = removeEngine(name)
  say(folders.length === 0 ? `${name} is not installed` : `removed ${folders.join(', ')}`)
}

async function install(name: NativeEngineName, options: InstallOptions): Promise<void> {
  const { folder, proof, table } = await installEngine(name, options)
  if (table) process.stdout.write(`${alignColumns([['computed', 'error', 'time'], ...table]).join('\n')}\n`)
  say(`${name} ${table ? 'is installed' : 'was installed before'}: ${proof}, in ${folder}`)
  if (name === 'tensorflow-gpu' && proof.endsWith('CPU'))
    say('found no GPU that TensorFlow can use (nvidia-smi should list one): it computes on the CPU')
}
