import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const EXPORT = fileURLToPath(new URL('../../arcface-model/bin/arcface-export.js', import.meta.url))

/**
 * face-api's recogniser as an ONNX file in an empty folder, or undefined (with one printed line) where it was never downloaded: it is not
 * here, either, as the folder has no package.
 */
export function recogniserModel(folder: string): string | undefined {
  const model = join(folder, 'face-api.onnx')
  const args = ['--from', 'face-api', '--from-package', folder, '--out', model, '--quiet']
  const { status } = spawnSync(process.execPath, [EXPORT, ...args])
  if (status === 0) return model
  console.log('# skipped: arcface-export --from face-api was never run')
  return undefined
}
