import t from 'tap'
import { feed, shell, stubs } from './shell.js'

for (const command of stubs.keys()) {
  t.test(command, async t => {
    const { code, stdout, stderr } = await feed(command, ['--help'], '.', Buffer.of())
    t.same({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout.toString(), new RegExp(`^Usage: ${command} `))
    t.match(stdout.toString(), new RegExp(`\\nExample:\\n.*\\b${command}\\b`), 'with an example of itself')

    const wrong = await feed(command, ['--no-such-flag'], '.', Buffer.of())
    t.same({ code: wrong.code, stdout: wrong.stdout.toString() }, { code: 2, stdout: '' })
    t.match(wrong.stderr, new RegExp(`^${command}: [^\\n]+ \\(see --help\\)\\n$`))
  })
}

t.test('help that nobody reads ends quietly', async t => {
  const { stages, stderr } = shell('recordio-dump --help | true', t.testdir())
  t.same({ stages, stderr }, { stages: [0, 0], stderr: '' })
})
