// Each package as a stranger gets it: npm run check-tarballs [-- PACKAGE ...] [--keep]
//
// Every package is packed; each is installed from its tarball in an empty folder, beside it only the tarballs that it declares, in npm's
// isolated layout, where an import finds what its own package declares and nothing else. There every entry is imported, every command
// asked for its help, the README's first example type-checked and run, a strict TypeScript consumer checked. publint and
// are-the-types-wrong look at the tarball. Closes with a table of sizes; what was wrong is on stderr, and the exit code is 1.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkCommands, checkEntries, checkTypes } from './consumer.js'
import { checkExample } from './example.js'
import { exampleData } from './example-data.js'
import { install } from './install.js'
import { installLinters, lintTarball } from './lint.js'
import { checkContents, pack } from './pack.js'
import { packageNames } from './packages.js'
import { type Row, sizeTable } from './size-table.js'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean' } } })
const unknown = positionals.find(name => !packageNames().includes(name))
if (unknown !== undefined) {
  console.error(`check-tarballs: no package is named ${unknown}; there are ${packageNames().join(', ')}`)
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'tarballs-'))
const rows: Row[] = []
let faults = 0
try {
  const tarballs = pack(join(scratch, 'tarballs'))
  const linters = installLinters(join(scratch, 'linters'))
  const data = join(scratch, 'data')
  await exampleData(data)
  for (const name of positionals.length > 0 ? positionals : packageNames()) {
    const folder = join(scratch, name)
    const started = performance.now()
    const found = [...checkContents(name, tarballs[name]!), ...lintTarball(tarballs[name]!, linters)]
    const installed = install(name, folder, tarballs)
    let example = 'not installed'
    if (typeof installed === 'string') found.push(installed)
    else {
      rows.push({ name, tarball: tarballs[name]!, ...installed })
      found.push(...checkEntries(name, folder), ...checkCommands(name, folder), ...checkTypes(name, folder))
      const result = checkExample(name, folder, { tarballs, data })
      example = result.done
      found.push(...result.faults)
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.log(`${found.length === 0 ? 'ok    ' : 'not ok'} ${name}: example ${example}; ${seconds} s`)
    for (const fault of found) console.error(`${name}: ${fault}`)
    faults += found.length
    if (!values.keep) rmSync(folder, { recursive: true, force: true })
  }
} finally {
  if (values.keep) console.log(`kept: ${scratch}`)
  else rmSync(scratch, { recursive: true, force: true })
}
console.log(`\n${sizeTable(rows)}`)
console.log(`\n${rows.length} packages, ${faults} faults`)
process.exitCode = faults === 0 ? 0 : 1
