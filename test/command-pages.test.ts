import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { commandPages } from '../tools/write-command-pages.js'
import { stubs } from './shell.js'

const folder = fileURLToPath(new URL('../docs/commands', import.meta.url))

t.test('docs/commands says what --help says: else node --import=tsx tools/write-command-pages.ts', async t => {
  const pages = await commandPages()
  t.strictSame([...pages.keys()].sort(), ['README.md', ...[...stubs.keys()].map(command => `${command}.md`)].sort())
  t.strictSame(readdirSync(folder).sort(), [...pages.keys()].sort())
  for (const [name, text] of pages) t.equal(readFileSync(`${folder}/${name}`, 'utf8'), text, name)
})
