/*
 * A gallery as one file. Numbers are little-endian; every section begins at a multiple of 64 bytes, zeros between.
 *
 *     bytes              8 of magic, "TFGALLRY"
 *     uint32             version, 1
 *     uint32             bytes of the header
 *     header             JSON: {"faces": …, "size": …, "flip": …, "model": {"name", "sha256", "preprocess"}, "names": […], "id_bytes": …}
 *                        faces: how many; size: numbers of an embedding; flip: whether a template is the sum with the mirror image's;
 *                        model: the network, where its stream said; names: of the people; id_bytes: of all ids together
 *     uint32 [faces]     whose face it is: a place among the names
 *     float64 [faces]    when it was enrolled, in milliseconds since 1970
 *     uint32 [faces]     where each id ends among the ids' bytes
 *     bytes [id_bytes]   the ids, UTF-8, one behind the other: which picture the face is of
 *     float32 [faces, size]   the templates, of length 1, ready to be used where they lie
 *     bytes [32]         SHA-256 of all before it
 *
 * The file's size follows from the header, so nothing is made room for that the file does not hold.
 */
export const MAGIC = 'TFGALLRY'
export const VERSION = 1
/** Magic, version and the header's length. */
export const FIXED_BYTES = 16
export const HASH_BYTES = 32
const ALIGNMENT = 64

/** Bytes of the header: a million names of 250. */
export const MAX_HEADER_BYTES = 2 ** 28
/** Bytes of all ids. */
export const MAX_ID_BYTES = 2 ** 32 - 1
/** Numbers of an embedding. */
export const MAX_EMBEDDING_SIZE = 2 ** 16

/** Zeros behind a section of so many bytes. */
export function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT
}

/** The memory of an array. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}
