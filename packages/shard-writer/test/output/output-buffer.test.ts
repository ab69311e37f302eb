import t from 'tap'
import { OutputBuffer } from '../../src/index.js'

t.test('bytes come out in their order, gathered, whatever their sizes', t => {
  const chunks: Buffer[] = []
  const out = new OutputBuffer(bytes => chunks.push(Buffer.from(bytes)), 16)
  const parts = [3, 0, 16, 1, 15, 1, 40, 5, 12].map((size, i) => Buffer.alloc(size, 65 + i))
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) out.append(part)
    else {
      const start = out.reserve(part.length)
      out.bytes.set(part, start)
    }
  }
  out.flush()
  out.flush()
  t.ok(Buffer.concat(chunks).equals(Buffer.concat(parts)))
  t.same(
    chunks.map(({ length }) => length),
    [3, 16, 16, 1, 40, 17],
  )
  t.end()
})
