import t from 'tap'
import { readDefinition, runCommand } from '../src/index.js'

const load = (run: () => void) =>
  runCommand({
    name: 'x-dump',
    summary: 'Dumps.',
    example: 'x-dump a',
    configure: program => program.argument('<file>', 'what to dump').option('--limit <n>', 'at most so many'),
    run,
  })

t.test('what a command declares, without running it', async t => {
  const program = await readDefinition(() => load(() => t.fail('it runs')))
  t.equal(program.name(), 'x-dump')
  t.equal(program.description(), 'Dumps.')
  t.strictSame(
    program.registeredArguments.map(argument => argument.name()),
    ['file'],
  )
  t.strictSame(
    program.options.map(({ long }) => long),
    ['--limit', '--quiet'],
  )
})

t.test('a file that defines no command, or fails', async t => {
  await t.rejects(
    readDefinition(async () => {}),
    { message: 'internal: the file defines no command' },
  )
  await t.rejects(
    readDefinition(() => Promise.reject(new Error('not found'))),
    { message: 'not found' },
  )
  const program = await readDefinition(() => load(() => {}))
  t.equal(program.name(), 'x-dump', 'the next one is read as ever')
})
