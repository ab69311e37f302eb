import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Command, readDefinition } from '@tiny-face/command-shell'

export type { Command }

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url))

/** A command's declarations, and the package that it comes from. */
export interface Definition {
  program: Command
  package: string
}

/** Every command of the project, in alphabetical order, as it is declared; none of them runs. */
export async function commandDefinitions(): Promise<Definition[]> {
  const definitions: Definition[] = []
  for (const name of readdirSync(PACKAGES)) {
    const { bin = {} } = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8'))
    for (const stub of Object.values<string>(bin)) {
      const program = await readDefinition(() => import(pathToFileURL(join(PACKAGES, name, stub)).href))
      definitions.push({ program, package: name })
    }
  }
  return definitions.sort((a, b) => (a.program.name() < b.program.name() ? -1 : 1))
}

/** What --help says after the options: the example, and what else a command has to say. */
export function textAfterHelp(program: Command): { example: string; more: string } {
  let help = ''
  program.configureOutput({
    writeOut: text => {
      help += text
    },
  })
  program.outputHelp()
  const [example, ...more] = help
    .slice(program.helpInformation().length)
    .trim()
    .replace(/^Example:\n/, '')
    .split('\n\n')
  return { example: example!.replaceAll(/^ {2}/gm, ''), more: more.join('\n\n') }
}
