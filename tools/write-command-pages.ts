// Writes docs/commands: a page for each command, made from what its --help is made from. After a change of an option:
// node --import=tsx tools/write-command-pages.ts
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Command, commandDefinitions, type Definition, textAfterHelp } from './command-definitions.js'

const FOLDER = fileURLToPath(new URL('../docs/commands', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = await commandPages()
  mkdirSync(FOLDER, { recursive: true })
  for (const name of readdirSync(FOLDER)) if (!pages.has(name)) rmSync(`${FOLDER}/${name}`)
  for (const [name, text] of pages) writeFileSync(`${FOLDER}/${name}`, text)
}

/** The files of docs/commands by their names. */
export async function commandPages(): Promise<Map<string, string>> {
  const definitions = await commandDefinitions()
  const pages = definitions.map(definition => [`${definition.program.name()}.md`, page(definition)] as const)
  return new Map([['README.md', index(definitions)], ...pages])
}

function index(definitions: Definition[]): string {
  const lines = definitions.map(({ program }) => {
    const name = program.name()
    return `- [${name}](${name}.md): ${plain(program.description())}`
  })
  return `# The commands

${lines.join('\n')}

What all have in common: \`--help\` shows what these pages are made from. \`--quiet\` leaves out the bar, the summary and the remarks, so that only a
failure is said, in one line on standard error. The exit code is 0 when all is done, also when the reader behind a pipe has closed it; 1 when the
data or the machine failed; 2 when the command was called wrongly; 3 when a check found something; 130 when it was interrupted.
\`NODE_DEBUG=tiny-face\` adds the stack to a failure.

These pages are written by \`node --import=tsx tools/write-command-pages.ts\`; a test holds that they are up to date.
`
}

function page({ program, package: name }: Definition): string {
  const { example, more } = textAfterHelp(program)
  return [
    `# ${program.name()}`,
    program.description(),
    fence('sh', example),
    `Of the package [${name}](../../packages/${name}).`,
    ...body(program),
    ...(more === '' ? [] : ['## More', fence('text', more)]),
    ...program.commands.flatMap(command => [
      `## ${program.name()} ${command.name()}`,
      command.description(),
      ...body(command),
    ]),
  ]
    .join('\n\n')
    .concat('\n')
}

/** How a command is called, its arguments, and its options under their headings. */
function body(command: Command): string[] {
  const help = command.createHelp()
  const groups = new Map<string, string[]>()
  for (const option of help.visibleOptions(command)) {
    if (option.long === '--help') continue
    const heading = option.helpGroupHeading ?? 'Options:'
    groups.set(heading, [...(groups.get(heading) ?? []), item(option.flags, help.optionDescription(option))])
  }
  const args = help
    .visibleArguments(command)
    .map(argument => item(help.argumentTerm(argument), help.argumentDescription(argument)))
  return [
    fence('text', help.commandUsage(command)),
    ...(args.length === 0 ? [] : ['Arguments:', args.join('\n')]),
    ...[...groups].flatMap(([heading, items]) => [heading, items.join('\n')]),
  ]
}

function item(term: string, description: string): string {
  return `- \`${term}\`: ${plain(description)}`
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}

/** Descriptions are plain text: what Markdown would take for its own is shown as it is. */
function plain(text: string): string {
  return text.replaceAll(/[\\<>*_[\]`]/g, character => `\\${character}`)
}
