import { AtomicFile } from './atomic-file.js'

/** Writes a file that takes the place of an older one only when it is whole and safe on disk: a reader sees one or the other. */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const file = new AtomicFile(path, { force: true })
  try {
    file.write(typeof content === 'string' ? Buffer.from(content) : content)
    file.commit()
  } catch (error) {
    file.abort()
    throw error
  }
}
