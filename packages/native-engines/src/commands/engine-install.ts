import { runCommand } from '@tiny-face/command-shell'
import { NATIVE_ENGINE_NAMES } from '../pinned-engines.js'
import type { Options } from './manage-engines.js'

await runCommand<Options>({
  name: 'engine-install',
  summary: "Installs a native engine for this user, out of PyPI's wheels, and has it compute something.",
  example: 'engine-install onednn\nengine-install --list',
  configure: program =>
    program
      .argument('[engine]', NATIVE_ENGINE_NAMES.join(', '))
      .option('--list', 'what is installed, and what this processor can do')
      .option('--remove', 'remove the engine; nothing of it is left')
      .option('--from <dir>', 'take wheels and packages from a folder instead of pip and npm'),
  run: async ([engine], options) => (await import('./manage-engines.js')).manageEngines(engine, options),
})
