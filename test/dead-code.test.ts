import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

// knip.json says what it looks for: files and exports that nobody uses, dependencies that are used and not declared, or declared and not used.
t.test('nothing is exported, declared or kept for nobody', async t => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const { status, stdout, stderr } = spawnSync('npx', ['knip', '--no-progress', '--no-config-hints'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  t.equal(stdout + stderr, '')
  t.equal(status, 0)
})
