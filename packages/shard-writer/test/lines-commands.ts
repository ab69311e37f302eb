/** The commands of the tests' own format: `lines-commands.ts write|gather|merge …` is lines-write, lines-gather or lines-merge. */
import { runGatherCommand, runMergeCommand, runWriteCommand } from '../src/index.js'
import { linesFormat } from './fixtures.js'

const LINES = { prefix: 'lines', format: 'lines' }
const [command] = process.argv.splice(2, 1)
if (command === 'write')
  await runWriteCommand({
    name: 'lines-write',
    summary: 'Writes lines.',
    example: 'recordio-dump train.rec | lines-write --out shards',
    merge: 'lines-merge',
    compressions: ['gzip'],
    format: async ({ compress }) =>
      linesFormat({ folder: '', compression: compress === undefined ? undefined : 'gzip' }),
  })
if (command === 'gather')
  await runGatherCommand(
    LINES,
    async () =>
      ({ compression }) =>
        linesFormat({ folder: '', compression: compression === undefined ? undefined : 'gzip' }),
  )
if (command === 'merge') await runMergeCommand(LINES)
