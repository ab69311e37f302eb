import { AtomicFile, writeAll } from '@tiny-face/safe-files'

/** What a command found out. */
export interface Figures {
  /** For programs, piece by piece; not asked for where nobody wants it. */
  readonly json: Iterable<string>
  /** For people. */
  readonly table: string
}

/**
 * Opens what the option `--json` names, before a long run finds out that it cannot be written.
 *
 * @param json a file, which has its name only once it is whole; `-` for standard output, and then the table goes to stderr; undefined for
 *   the table alone, on standard output
 * @returns what writes the figures, to be called once
 * @throws DataError where the file exists and `force` was not asked for, or is a folder or a device
 */
export function figuresOutput(
  json: string | undefined,
  { force = false }: { force?: boolean | undefined } = {},
): (figures: Figures) => void {
  const file = json === undefined || json === '-' ? undefined : new AtomicFile(json, { force })
  return figures => {
    const write = (bytes: Uint8Array) => (file === undefined ? writeAll(1, bytes) : file.write(bytes))
    if (json !== undefined) for (const piece of figures.json) write(Buffer.from(piece))
    file?.commit()
    writeAll(json === '-' ? 2 : 1, Buffer.from(figures.table))
  }
}
