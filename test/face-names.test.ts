/** `npm run enrol`, as somebody types it who has photos and has read no page of ours. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedDetector } from '@tiny-face/face-aligner'
import { listEnrolled, readGallery } from '@tiny-face/face-gallery'
import t from 'tap'
import { drawnPhoto } from './drawn-photo.js'

const root = fileURLToPath(new URL('..', import.meta.url))
// The network is written anew where a checkout has none: its weights lie in the same cache as the detector.
const fetched = installedDetector('yunet') !== undefined
if (!fetched) console.log('# skipped: node --import=tsx tools/face-names.ts fetch')

function faceNames(cwd: string, ...args: string[]) {
  const argv = [`--import=${import.meta.resolve('tsx')}`, join(root, 'tools/face-names.ts'), ...args]
  // NODE_OPTIONS would have tap's loader in each command.
  const env = { ...process.env, INIT_CWD: cwd, NODE_OPTIONS: undefined }
  return spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' })
}

function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'face-names-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

t.test('photos that cannot be read are told of, and the others are enrolled', { skip: !fetched }, async t => {
  const folder = scratch()
  const photos: Record<string, Uint8Array> = {
    'Jürgen Müller/1.jpg': await drawnPhoto([1], 0),
    "Ann O'Neil/a photo.jpg": await drawnPhoto([2], 0),
    "Ann O'Neil/cut.jpg": (await drawnPhoto([2], 1)).subarray(0, 9000),
    "Ann O'Neil/text.jpg": Buffer.from('no photo'),
    'Zoe/IMG_1.HEIC': new Uint8Array(9),
  }
  for (const [path, bytes] of Object.entries(photos)) {
    mkdirSync(join(folder, 'our photos', path, '..'), { recursive: true })
    writeFileSync(join(folder, 'our photos', path), bytes)
  }
  mkdirSync(join(folder, 'our photos/nobody'))
  const { status, stdout, stderr } = faceNames(folder, 'enrol', 'our photos', 'our.gallery')
  t.equal(status, 0, stderr)
  t.match(stdout, /our\.gallery is ready: npm run web -- our\.gallery\n$/)
  for (const left of ["left out Ann O'Neil/cut.jpg", "O'Neil/text.jpg: expected a photo", 'Zoe/IMG_1.HEIC', 'nobody: '])
    t.ok(stderr.includes(left), left)
  t.strictSame(
    listEnrolled(readGallery(join(folder, 'our.gallery'))).map(({ person, faces }) => [person, faces]),
    [
      ["Ann O'Neil", 1],
      ['Jürgen Müller', 1],
    ],
  )
})

t.test('what is no path is answered with what is', async t => {
  for (const args of [[], ['enrol'], ['enrol', '--help'], ['web', '--port'], ['enrol', 'a', 'b', 'c']]) {
    const { status, stdout, stderr } = faceNames(scratch(), ...args)
    t.strictSame([status, stdout], [1, ''], args.join(' '))
    t.equal(stderr, 'npm run enrol -- PHOTOS [GALLERY], or npm run web [-- GALLERY]\n')
  }
})
