// Embeddings by onnxruntime-web, as a browser would make them: node embed-web.mjs NODE_MODULES MODEL IMAGES.f32 BATCH SIZE OUT.f32
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [modules, model, images, batch, size, out] = process.argv.slice(2)
const ort = createRequire(join(modules, 'x.js'))('onnxruntime-web')
ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'
const session = await ort.InferenceSession.create(readFileSync(model), { executionProviders: ['wasm'] })
const data = new Float32Array(Uint8Array.from(readFileSync(images)).buffer)
const results = await session.run({
  input: new ort.Tensor('float32', data, [Number(batch), 3, Number(size), Number(size)]),
})
writeFileSync(out, results.embedding.data)
process.exit(0)
