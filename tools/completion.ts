// Prints what lets a shell complete the commands, made from what their --help is made from:
//   source <(npm run --silent completion bash)      zsh the same; fish: npm run --silent completion fish | source
// It is text that a shell keeps: a press of Tab starts no Node.
import { fileURLToPath } from 'node:url'
import { type Command, commandDefinitions } from './command-definitions.js'

type Option = Command['options'][number]

export const SHELLS: { readonly [shell: string]: (programs: Command[]) => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complete = SHELLS[process.argv[2] ?? '']
  if (complete === undefined) {
    console.error(`completion: expected one of ${Object.keys(SHELLS).join(', ')}, found ${process.argv[2] ?? 'none'}`)
    process.exit(2)
  }
  process.stdout.write(complete((await commandDefinitions()).map(({ program }) => program)))
}

/** Without an array of names by names: macOS has bash 3.2. */
function bashCompletion(programs: Command[]): string {
  const values: string[] = []
  const options: string[] = []
  for (const program of programs) {
    for (const command of [program, ...program.commands]) {
      const name = pathOf(command)
      options.push(`    ${quoted(name)}) words=${quoted(optionsOf(command).map(nameOf).join(' '))} ;;`)
      for (const option of optionsOf(command))
        if (option.argChoices)
          values.push(`    ${quoted(`${name} ${option.long}`)}) words=${quoted(option.argChoices.join(' '))} ;;`)
    }
  }
  const parents = programs.filter(({ commands }) => commands.length > 0)
  const commands = parents.map(
    program => `    ${program.name()}) words=${quoted(program.commands.map(command => command.name()).join(' '))} ;;`,
  )
  return `# bash: the options of tiny-face's commands; elsewhere the names of files.
_tiny_face() {
  local command="\${1##*/}" words=
  case "$command" in
    ${parents.map(program => program.name()).join(' | ')}) [ "$COMP_CWORD" -gt 1 ] && command="$command \${COMP_WORDS[1]}" ;;
  esac
  case "$command $3" in
${values.join('\n')}
    *) case "$2" in
      -*) case "$command" in
${options.map(line => `    ${line}`).join('\n')}
      esac ;;
      *) case "$command" in
${commands.map(line => `    ${line}`).join('\n')}
      esac ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$2"))
}
complete -o bashdefault -o default -F _tiny_face ${programs.map(program => program.name()).join(' ')}
`
}

function zshCompletion(programs: Command[]): string {
  const functions = programs.flatMap(program => [program, ...program.commands]).map(zshFunction)
  return `# zsh: the options of tiny-face's commands, with what they mean; elsewhere the names of files.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
${functions.join('\n')}
${programs.map(program => `compdef ${zshName(program)} ${program.name()}`).join('\n')}
`
}

function zshFunction(command: Command): string {
  const specs = optionsOf(command).map(option => {
    const value = takesValue(option) ? `:${zshText(option.attributeName())}:${zshValues(option)}` : ''
    return quoted(`${option.variadic ? '*' : ''}${nameOf(option)}[${zshText(option.description)}]${value}`)
  })
  const { commands } = command
  const rest =
    commands.length === 0
      ? ["'*:file:_files'"]
      : [quoted(`1:command:((${commands.map(zshCommand).join(' ')}))`), "'*:: :->command'"]
  const into = commands.map(child => `    ${child.name()}) ${zshName(child)} ;;`).join('\n')
  const dispatch = commands.length === 0 ? '' : `\n  [[ $state = command ]] && case "$words[1]" in\n${into}\n  esac`
  return `${zshName(command)}() {
  local state line
  _arguments ${[...specs, ...rest].join(' \\\n    ')}${dispatch}
}`
}

function zshCommand(command: Command): string {
  return `${command.name()}\\:${zshText(command.description()).replaceAll(/[ ()"']/g, '\\$&')}`
}

function zshValues({ argChoices }: Option): string {
  return argChoices === undefined ? '_files' : `(${argChoices.join(' ')})`
}

function zshName(command: Command): string {
  return `_tiny_face_${pathOf(command).replaceAll(/\W/g, '_')}`
}

/** What `_arguments` would take for its own. */
function zshText(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&')
}

function fishCompletion(programs: Command[]): string {
  const lines = programs.flatMap(program => [
    ...fishOptions(program, ''),
    ...program.commands.flatMap(command => [
      `complete -c ${program.name()} -n __fish_use_subcommand -f -a ${command.name()} -d ${fishText(command.description())}`,
      ...fishOptions(command, ` -n '__fish_seen_subcommand_from ${command.name()}'`),
    ]),
  ])
  return `# fish: the options of tiny-face's commands, with what they mean; elsewhere the names of files.\n${lines.join('\n')}\n`
}

function fishOptions(command: Command, condition: string): string[] {
  const [name] = pathOf(command).split(' ')
  return optionsOf(command).map(option => {
    const value = option.argChoices
      ? ` -x -a ${fishText(option.argChoices.join(' '))}`
      : takesValue(option)
        ? ' -r -F'
        : ''
    return `complete -c ${name}${condition} -l ${nameOf(option).slice(2)}${value} -d ${fishText(option.description)}`
  })
}

function fishText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command)
}

/** Every option here has a long name. */
function nameOf(option: Option): string {
  return option.long!
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

/** `face-identify search` for a command of a command. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
