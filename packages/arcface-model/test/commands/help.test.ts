import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** Refuses what computes: loading that takes half a second, and help is to be there at once. */
const HOOK = `export async function load(url, context, next) {
  if (/node_modules.(@tensorflow|onnxruntime|sharp)/.test(url)) throw new Error('loads ' + url)
  return next(url, context)
}`
const data = (script: string) => `data:text/javascript,${encodeURIComponent(script)}`
const REGISTER = data(`import { register } from 'node:module'; register(${JSON.stringify(data(HOOK))})`)

for (const command of ['arcface-embed', 'arcface-export', 'arcface-import']) {
  t.test(`${command} --help loads no library that computes`, async t => {
    const bin = fileURLToPath(new URL(`../../bin/${command}.js`, import.meta.url))
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', REGISTER, bin, '--help'], {
      encoding: 'utf8',
    })
    t.strictSame([stderr, status], ['', 0])
    t.match(stdout, `Usage: ${command}`)
  })
}
