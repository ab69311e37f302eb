/** What `npm run completion` prints, tried in the shells themselves. bash is always here, for all of these tests need it. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { stubs } from './shell.js'

const tool = fileURLToPath(new URL('../tools/completion.ts', import.meta.url))
const print = (...shells: string[]) =>
  spawnSync(process.execPath, ['--import=tsx', tool, ...shells], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })

/** What is typed, the last word being the one that Tab completes, and what is offered. */
const TYPED: [words: string[], offered: string[]][] = [
  [['recordio-dump', '--sk'], ['--skip-damaged']],
  [['node_modules/.bin/recordio-dump', '--sk'], ['--skip-damaged']],
  [['recordio-dump', ''], []],
  [['arcface-train', 'shards', '--acc'], ['--accumulate']],
  [
    ['face-align', '--faces', ''],
    ['largest', 'centre', 'all'],
  ],
  [['face-identify', 'se'], ['search']],
  [
    ['face-identify', 'search', '--t'],
    ['--threshold', '--top'],
  ],
  [['face-identify', 'search', 'people.gallery', '--la'], ['--label']],
  [
    ['face-identify', 'evaluate', '--protocol', 'fi'],
    ['first', 'field'],
  ],
]

t.test('bash', async t => {
  const { stdout } = print('bash')
  const file = join(t.testdir({}), 'completion.bash')
  writeFileSync(file, stdout)
  const typed = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _tiny_face "$1" "\${!#}" "\${COMP_WORDS[COMP_CWORD - 1]}"; echo "\${COMPREPLY[@]}"`
  for (const [words, offered] of TYPED) {
    const run = spawnSync('bash', ['--norc', '-euc', typed, file, ...words], { encoding: 'utf8' })
    t.strictSame([run.stdout.trim().split(' ').filter(Boolean), run.stderr], [offered, ''], words.join(' '))
  }
  for (const command of stubs.keys()) t.match(stdout, new RegExp(`^complete .* ${command}( |$)`, 'm'))
})

t.test('zsh', async t => {
  const { stdout } = print('zsh')
  for (const command of stubs.keys()) t.match(stdout, new RegExp(`^compdef _tiny_face_\\w+ ${command}$`, 'm'))
  t.match(stdout, "'--threshold[what a face must be over\\: of face-calibrate, or a cosine]:threshold:_files'")
  t.match(stdout, /'--protocol\[.*\]:protocol:\(first field\)'/)
  if (isHere('zsh')) t.equal(spawnSync('zsh', ['-f', '-n'], { input: stdout, encoding: 'utf8' }).stderr, '')
})

t.test('fish', async t => {
  const { stdout } = print('fish')
  t.match(stdout, "complete -c recordio-dump -l skip-damaged -d 'leave out what is damaged, and say what, instead of")
  t.match(stdout, "complete -c face-identify -n '__fish_seen_subcommand_from search' -l top -r -F -d 'how many people")
  t.match(stdout, "-l protocol -x -a 'first field' -d 'first: each person\\'s first image is enrolled")
  if (!isHere('fish')) return
  const file = join(t.testdir({}), 'completion.fish')
  writeFileSync(file, stdout)
  for (const [words, offered] of TYPED.filter(([, offered]) => offered.length > 0)) {
    const line = `source '${file}'; complete -C '${words.join(' ')}'`
    const run = spawnSync('fish', ['--no-config', '-c', line], { encoding: 'utf8' })
    const first = run.stdout
      .trim()
      .split('\n')
      .map(found => found.split('\t')[0])
    t.strictSame([first.sort(), run.stderr], [[...offered].sort(), ''], words.join(' '))
  }
})

t.test('another shell', async t => {
  const { status, stderr } = print('tcsh')
  t.strictSame([status, stderr], [2, 'completion: expected one of bash, zsh, fish, found tcsh\n'])
})

function isHere(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0
}
