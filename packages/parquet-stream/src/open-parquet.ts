import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** The largest row group that is read, unpacked: one is held in memory. */
export const MAX_ROW_GROUP_BYTES = 2 ** 31

const MAGIC = 'PAR1'

export type Row = Record<string, unknown>

/** The rows `start` to before `end`. */
export interface RowGroup {
  start: number
  end: number
  bytes: bigint
}

/** A Parquet file: columns of rows, in row groups that are read one after another. */
export interface ParquetFile {
  readonly path: string
  readonly count: number
  /** The names of its columns, of those within columns none. */
  readonly columns: readonly string[]
  /** What its writer noted beside the data, as text. */
  readonly notes: ReadonlyMap<string, string>
  /** The row groups, which are read whole, one after another: where their rows begin and end, and their bytes, unpacked. */
  readonly groups: readonly RowGroup[]
  /**
   * The rows of a group, each with these columns; values as hyparquet gives them, bytes as bytes.
   *
   * @throws DataError where the file is damaged, or a row group larger than `MAX_ROW_GROUP_BYTES`
   */
  rows(group: RowGroup, columns: string[]): AsyncGenerator<Row, void, undefined>
  close(): void
}

/**
 * Opens a Parquet file (https://parquet.apache.org/docs/file-format): reads what it says of itself.
 *
 * @throws DataError where it is none, or damaged
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const fd = openSync(path, 'r')
  try {
    const file = { byteLength: fstatSync(fd).size, slice: (start: number, end?: number) => sliceOf(fd, start, end) }
    checkMagic(path, fd)
    const metadata = await readable(path, undefined, () => parquetMetadataAsync(file))
    const groups = await readable(path, undefined, () => groupsOf(path, metadata))
    return {
      path,
      count: groups.at(-1)?.end ?? 0,
      columns: await readable(path, undefined, () =>
        parquetSchema(metadata).children.map(({ element }) => element.name),
      ),
      notes: new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value ?? ''])),
      groups,
      async *rows({ start, end, bytes }, columns) {
        if (bytes > MAX_ROW_GROUP_BYTES) {
          const expected = `row groups of at most ${MAX_ROW_GROUP_BYTES} bytes`
          throw new DataError({ file: path, record: start, expected, found: `${bytes}` })
        }
        yield* await readable(path, start, () => {
          return new Promise<Row[]>((resolve, reject) => {
            const range = { rowStart: start, rowEnd: end }
            const options = {
              file,
              metadata,
              columns,
              compressors,
              utf8: false,
              rowFormat: 'object' as const,
              ...range,
            }
            parquetRead({ ...options, onComplete: resolve }).catch(reject)
          })
        })
      },
      close: () => closeSync(fd),
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function checkMagic(path: string, fd: number): void {
  const head = Buffer.alloc(KIND_BYTES)
  const bytes = head.subarray(0, readSync(fd, head, 0, head.length, 0))
  if (bytes.toString('latin1', 0, MAGIC.length) === MAGIC) return
  throw new DataError({
    file: path,
    expected: 'a Parquet file',
    found: fileKind(bytes) ?? `0x${bytes.toString('hex', 0, MAGIC.length)}`,
  })
}

/**
 * The row groups, whose number of rows stands in the file three times: what they say together, and each for its columns, must agree,
 * or rows would be lost or made up.
 */
function groupsOf(file: string, { num_rows, row_groups }: FileMetaData): RowGroup[] {
  let end = 0
  const groups = row_groups.map(({ num_rows, columns }) => {
    const start = end
    end += Number(num_rows)
    let bytes = 0n
    for (const { meta_data } of columns) {
      bytes += meta_data?.total_uncompressed_size ?? 0n
      // A column of lists has more values than rows, none has fewer: a value that is not there is counted.
      if (meta_data !== undefined && meta_data.num_values < num_rows) {
        const found = `${meta_data.num_values} values in column ${meta_data.path_in_schema.join('.')}`
        throw new DataError({ file, record: start, expected: `a row group of ${num_rows} rows`, found })
      }
    }
    return { start, end, bytes }
  })
  if (BigInt(end) !== num_rows)
    throw new DataError({ file, expected: `${num_rows} rows, as the file says`, found: `${end} in its row groups` })
  return groups
}

/** Bytes of the file: at its end there may be fewer than asked for. */
function sliceOf(fd: number, start: number, end = fstatSync(fd).size): ArrayBuffer {
  const bytes = new Uint8Array(Math.max(0, Math.min(end, fstatSync(fd).size) - start))
  for (let at = 0; at < bytes.length; ) {
    const size = readSync(fd, bytes, at, bytes.length - at, start + at)
    if (size === 0) break
    at += size
  }
  return bytes.buffer
}

/** hyparquet throws errors of many kinds for damaged files. */
async function readable<T>(file: string, record: number | undefined, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    const { message, syscall } = cause as NodeJS.ErrnoException
    if (syscall !== undefined) throw cause
    throw new DataError({ file, record, expected: 'a whole Parquet file', found: `damage (${message})`, cause })
  }
}
