import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export function runCommand(name: 'bin-dump' | 'bin-write', args: string[], input?: Uint8Array) {
  const bin = fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { input, maxBuffer: 1 << 28 })
  return { status, stdout, stderr: stderr.toString() }
}

export function scratch(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'bin-stream-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
