// From a folder of photos to names, with nothing but this clone: what finds faces and what knows them is fetched once.
//
//   npm run enrol -- PHOTOS [GALLERY]   a folder per person in PHOTOS: their faces into the gallery, people.gallery if none is named
//   npm run web [-- GALLERY]            the page on this machine: who is in a photo
//
// (`fetch` in their place: only what both need.)
//
// Photos that cannot be read are told of and left out: somebody's holidays are not to wait for one of them. A network that was trained on your own people may know them better: docs/photos.md says how to find out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { installedDetector } from '@tiny-face/face-aligner'
import { CACHE, quote, ROOT, runPipeline } from './run-pipeline.js'

const MODEL = join(ROOT, CACHE, 'face-api.onnx')
const GALLERY = 'people.gallery'
/**
 * The cosine similarity above which two faces are taken for one person's by face-api's recogniser, where nobody has calibrated one.
 */
const THRESHOLD = 0.93
/** Where npm was called: paths are meant from there. */
const HERE = process.env.INIT_CWD ?? process.cwd()

try {
  const [verb, ...paths] = process.argv.slice(2)
  const from = (path: string) => relative(process.cwd(), resolve(HERE, path)) || '.'
  process.chdir(HERE)
  const usage = new Error('npm run enrol -- PHOTOS [GALLERY], or npm run web [-- GALLERY]')
  if (paths.some(path => path.startsWith('-'))) throw usage
  if (verb === 'enrol' && (paths.length === 1 || paths.length === 2)) enrol(from(paths[0]!), from(paths[1] ?? GALLERY))
  else if (verb === 'web' && paths.length <= 1) serve(from(paths[0] ?? GALLERY))
  else if (verb === 'fetch') fetchModels()
  else throw usage
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

function enrol(photos: string, gallery: string): void {
  fetchModels()
  runPipeline(
    `image-dump --undecoded --skip-damaged ${quote(photos)} | face-align --template dlib --skip-damaged | arcface-embed --model ${quote(relative(HERE, MODEL))} --flip | face-identify enrol ${quote(gallery)}`,
  )
  console.log(`${gallery} is ready: npm run web${gallery === GALLERY ? '' : ` -- ${gallery}`}`)
}

function serve(gallery: string): void {
  fetchModels()
  const bin = join(ROOT, 'node_modules/.bin/face-web')
  const args = ['--gallery', gallery, '--model', MODEL, '--threshold', String(THRESHOLD)]
  const { status } = spawnSync(bin, args, { stdio: 'inherit' })
  process.exit(status ?? 130)
}

/** The detector and the network, once: their licences lie beside them. */
function fetchModels(): void {
  mkdirSync(join(ROOT, CACHE), { recursive: true })
  if (installedDetector('yunet') === undefined) runPipeline('face-align --install yunet')
  if (!existsSync(MODEL)) runPipeline(`arcface-export --from face-api --out ${quote(MODEL)}`)
}
