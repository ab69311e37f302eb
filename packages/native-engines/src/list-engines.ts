import { alignColumns } from '@tiny-face/command-shell'
import { installedEngine } from './installed-engine.js'
import { NATIVE_ENGINE_NAMES, PINNED_ENGINES } from './pinned-engines.js'
import { processorFeatures } from './processor-features.js'

/** What is installed, one line an engine, and what this machine's processor can do. */
export function listEngines(): string {
  const rows = NATIVE_ENGINE_NAMES.map(name => {
    const here = installedEngine(name)
    return here
      ? [name, here.version, megabytes(here.size), here.proof, here.folder]
      : [name, '-', '-', 'not installed', `engine-install ${name} brings ${PINNED_ENGINES[name].what}`]
  })
  const { model, threads, ...features } = processorFeatures()
  const words = Object.entries(features).map(
    ([name, has]) => `${name} ${has === undefined ? 'unknown' : has ? 'yes' : 'no'}`,
  )
  return `${alignColumns(rows).join('\n')}\nprocessor: ${model}, ${threads} threads; ${words.join(', ')}\n`
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
