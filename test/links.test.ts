/** Every link of every page: to a file, to a heading, or, as no test asks the network, of the form that an address has. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = readdirSync(join(root, 'packages')).map(name => `packages/${name}`)
const pages = ['.', 'docs', 'docs/commands', 'tools/peers', ...packages].flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name)),
)

for (const page of pages) {
  t.test(page, async t => {
    for (const target of linksOf(readFileSync(join(root, page), 'utf8'))) t.equal(problemWith(target, page), '', target)
  })
}

t.test('docs/README.md lists what is in docs', async t => {
  const listed = linksOf(readFileSync(join(root, 'docs/README.md'), 'utf8')).map(target => target.split('/')[0])
  const pictures = /\.(png|svg)$/
  for (const name of readdirSync(join(root, 'docs')))
    if (name !== 'README.md' && !pictures.test(name)) t.ok(listed.includes(name), name)
})

t.test('what is wrong with a link', async t => {
  t.equal(problemWith('ARCHITECTURE.md#a-command', 'README.md'), '')
  t.equal(problemWith('../docs', 'docs/training.md'), '')
  t.equal(problemWith('https://arxiv.org/abs/1801.07698', 'README.md'), '')
  t.equal(problemWith('docs/trainings.md', 'README.md'), 'no docs/trainings.md')
  t.equal(problemWith('../../..', 'docs/training.md'), 'outside of the repository')
  t.equal(problemWith('#trian', 'docs/training.md'), 'docs/training.md has no heading #trian')
  t.equal(problemWith('https://arxiv', 'README.md'), 'not an address')
  t.equal(problemWith('http://arxiv.org/abs/1 801', 'README.md'), 'not an address')
  t.strictSame(headingsOf('# A `b` – c\n## A\n### A\n```\n# no\n```'), ['a-b--c', 'a', 'a-1'])
})

/** Where `[text](target)`, `![alt](target)` and `<https://…>` lead, outside of code. */
function linksOf(page: string): string[] {
  const text = withoutFences(page).replaceAll(/(`+)[^`][\s\S]*?\1/g, '')
  return [...text.matchAll(/\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|<(https?:[^>]*)>/g)].map(
    ([, link, plain]) => link ?? plain!,
  )
}

function problemWith(target: string, page: string): string {
  if (/^[a-z]+:/.test(target))
    return /^https?:\/\/[\w-]+(\.[\w-]+)+(:\d+)?(\/\S*)?$/.test(target) ? '' : 'not an address'
  const [path, anchor] = target.split('#') as [string, string?]
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), decodeURI(path))
  const name = relative(root, file)
  if (name.startsWith('..')) return 'outside of the repository'
  if (!existsSync(file)) return `no ${name}`
  if (anchor === undefined) return ''
  const readable = statSync(file).isDirectory() ? join(file, 'README.md') : file
  return headingsOf(readFileSync(readable, 'utf8')).includes(anchor) ? '' : `${name} has no heading #${anchor}`
}

/** The anchors that GitHub gives headings: of two alike the second ends with -1. */
function headingsOf(page: string): string[] {
  const seen = new Map<string, number>()
  return [...withoutFences(page).matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, heading]) => {
    const words = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = words.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}

function withoutFences(page: string): string {
  return page.replaceAll(/^( *)(```+).*\n[\s\S]*?^\1\2$/gm, '')
}
