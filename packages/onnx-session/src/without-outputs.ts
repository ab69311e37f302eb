import { readFileSync } from 'node:fs'
import { bytesField } from '@tiny-face/protobuf-wire'
import { fieldsOf, textOf, withModelBytes } from './model-bytes.js'

const [GRAPH, OUTPUT, NAME] = [7, 12, 1]

/**
 * A model that does not give some of its outputs, all else as it is: field 12 of its graph, a ValueInfoProto (1 name) for each output,
 * is left out for those (layout: model-bytes.ts).
 */
export function withoutOutputs(model: Uint8Array | string, names: ReadonlySet<string>): Uint8Array {
  const whole = typeof model === 'string' ? readFileSync(model) : model
  return withModelBytes(whole, bytes => {
    const parts: Uint8Array[] = []
    for (const field of fieldsOf(bytes, 0, bytes.size)) {
      if (field.number !== GRAPH) {
        parts.push(whole.subarray(field.offset, field.end))
        continue
      }
      const kept: Uint8Array[] = []
      for (const part of fieldsOf(bytes, field.start, field.end)) {
        const nameOf = () => [...fieldsOf(bytes, part.start, part.end)].find(({ number }) => number === NAME)
        const name = part.number === OUTPUT ? nameOf() : undefined
        if (name === undefined || !names.has(textOf(bytes, name))) kept.push(whole.subarray(part.offset, part.end))
      }
      parts.push(bytesField(GRAPH, Buffer.concat(kept)))
    }
    return Buffer.concat(parts)
  })
}
