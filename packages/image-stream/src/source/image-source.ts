import { statSync } from 'node:fs'
import { FolderSource } from './folder-source.js'
import { ZipSource } from './zip-source.js'

/** Where images are read from: a folder, or a zip archive as if it were one. */
export interface ImageSource {
  /** As it was given, for messages. */
  readonly name: string
  /** All that is in it, folder by folder, each sorted by name as Python sorts text (by code point). */
  entries(): Iterable<SourceEntry>
  /**
   * @param path of an entry
   * @throws DataError that names the file, where it cannot be read or is damaged
   */
  read(path: string): Promise<Uint8Array>
  close(): void
}

export interface SourceEntry {
  /** Relative to the source, with `/`. */
  path: string
  /** `folder`: one that is empty, or not looked into; `leftover`: what systems leave behind. */
  kind: 'file' | 'folder' | 'leftover'
  /** Why the file or the folder cannot be read: what was found in its place. */
  fault?: string
}

/** @param path of a folder or a zip archive */
export async function openImageSource(path: string): Promise<ImageSource> {
  return statSync(path).isDirectory() ? new FolderSource(path) : await ZipSource.open(path)
}
