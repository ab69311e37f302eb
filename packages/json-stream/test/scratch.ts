import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { type JsonItem, type ReadJsonOptions, readJson } from '../src/index.js'

/** A folder that holds these files (relative path -> content) and is gone after the test. */
export function scratch(t: Test, files: Record<string, Uint8Array | string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'json-stream-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** Everything in a file of JSON. */
export function readAll(path: string, options: Partial<ReadJsonOptions> = {}): JsonItem[] {
  const fd = openSync(path, 'r')
  try {
    return [...readJson(fd, { file: 'x.json', ...options })]
  } finally {
    closeSync(fd)
  }
}
