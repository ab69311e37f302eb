/** Makes zip archives for tests, hostile ones too: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */

import { crc32, deflateRawSync } from 'node:zlib'

export interface Member {
  readonly name: string
  readonly data: Uint8Array
  /** Deflated unless 0 (stored) or another method is said. */
  readonly method?: number
  readonly flags?: number
  /** What the headers say in place of the truth. */
  readonly crc?: number
  readonly size?: number
  /** Of Unix: type and permissions. */
  readonly mode?: number
}

const UTF8 = 0x800
const UNIX = 3 << 8

export function zip(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const member of members) {
    const { data, method = 8, flags = UTF8, crc = crc32(data), size = data.length, mode = 0o100644 } = member
    const name = Buffer.from(member.name)
    const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc, 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), uint16(UNIX), common, rest, name]))
    bodies.push(local)
    offset += local.length
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  for (const at of [8, 10]) end.writeUInt16LE(members.length, at)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, ...directory, end])
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
