import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, encodeRecords } from '@tiny-face/record-stream'
import { type Test, test } from 'tap'
import { listPeople, openImageSource } from '../../src/index.js'
import { opencvImage } from '../codec/opencv-images.js'
import { scratch } from '../scratch.js'

const { image } = opencvImage('progressive JPEG')
const png = opencvImage('PNG with alpha').image

function run(name: 'image-write' | 'image-dump', args: string[], input?: Uint8Array) {
  const bin = fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { input, timeout: 60_000 })
  return { status, stdout, stderr: stderr.toString() }
}

async function stream(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A process id that no process has. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

async function sameFolders(t: Test, one: string, other: string): Promise<void> {
  const [a, b] = [listPeople(await openImageSource(one)), listPeople(await openImageSource(other))]
  t.strictSame(b, a)
  t.ok(a.images.every(({ path }) => readFileSync(join(one, path)).equals(readFileSync(join(other, path)))))
}

test('image-dump | image-write gives the folder again', async t => {
  const folder = scratch(t, {
    'faces/Zoë K/1.jpg': image,
    'faces/Zoë K/2 b.JPG': image,
    'faces/ann/ü 😀.png': png,
    'faces/100%/a.b.jpeg': image,
  })
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere/x.png'), png)
  symlinkSync('../elsewhere', join(folder, 'faces/linked'))
  symlinkSync('1.jpg', join(folder, 'faces/Zoë K/link.jpg'))
  const dumped = run('image-dump', [join(folder, 'faces'), '--quiet'])
  t.strictSame([dumped.status, dumped.stderr], [0, ''])
  const written = run('image-write', [join(folder, 'again')], dumped.stdout)
  t.equal(written.status, 0)
  t.match(written.stderr, /^image-write: 6 images, [^\n]+\n$/)
  await sameFolders(t, join(folder, 'faces'), join(folder, 'again'))
  t.strictSame(readdirSync(folder), ['again', 'elsewhere', 'faces'])
})

test('a folder that exists is left alone, or replaced where it holds only images', async t => {
  const input = await stream([{ id: 1, label: 0, image }], { names: ['Ann'] })
  const folder = scratch(t, { 'faces/Old/1.png': png, 'home/Old/1.png': png, 'home/Old/thesis.txt': '', file: '' })
  const at = (name: string) => join(folder, name)
  t.match(run('image-write', [at('faces')], input), {
    status: 1,
    stderr: /faces: exists already; --force replaces it\n$/,
  })
  t.match(run('image-write', [at('file'), '--force'], input), { status: 1, stderr: /file: not a directory\n$/ })
  const refused = run('image-write', [at('home'), '--force'], input)
  t.match(refused, { status: 1, stderr: /home\/Old\/thesis\.txt: is no image of a person: --force does not replace/ })
  t.ok(existsSync(at('home/Old/thesis.txt')) && existsSync(at('faces/Old/1.png')))
  t.strictSame(run('image-write', [at('faces'), '--force', '--quiet'], input).stderr, '')
  t.strictSame(readdirSync(at('faces'), { recursive: true }).sort(), ['Ann', 'Ann/00000001.jpg'])
  t.strictSame(readdirSync(folder), ['faces', 'file', 'home'])
})

test('half a stream leaves nothing; what the dead left is swept, what is alive is not', async t => {
  const dead = `faces.${deadProcess()}.partial`
  const alive = `faces.${process.pid}.partial`
  const folder = scratch(t, { [`${dead}/Ann/1.jpg`]: image, [`${alive}/Ann/1.jpg`]: image, 'faces.1x.partial': '' })
  const input = await stream([
    { id: 1, label: 0, image },
    { id: 2, label: 0, image },
  ])
  const half = run('image-write', [join(folder, 'faces')], input.subarray(0, image.length + 60))
  t.match(half, { status: 1, stderr: /^image-write: [^\n]*stopped[^\n]*\n$/ })
  t.strictSame(readdirSync(folder).sort(), [alive, 'faces.1x.partial'].sort())
})

test('a folder that a run died replacing gets its name back', async t => {
  const folder = scratch(t, { [`faces.${deadProcess()}.replaced.partial/Ann/1.jpg`]: image })
  const input = await stream([{ id: 1, label: 0, image }])
  t.match(run('image-write', [join(folder, 'faces')], input), { status: 1, stderr: /exists already/ })
  t.strictSame(readdirSync(folder), ['faces'])
  t.ok(existsSync(join(folder, 'faces/Ann/1.jpg')))
})

test('failures are one line and an exit code', async t => {
  const folder = scratch(t)
  const bare = await stream([{ id: 9, image }], { source: 'x.rec' })
  t.match(run('image-write', [join(folder, 'a')], bare), {
    status: 1,
    stderr: /^image-write: x\.rec: record 0 \(id 9\): expected a label that is a whole number, found none\n$/,
  })
  t.match(run('image-write', [join(folder, 'no/a')], bare), {
    status: 1,
    stderr: /^image-write: .*no such file or directory\n$/,
  })
  t.match(run('image-write', [], bare), { status: 2 })
  const long = await stream([{ id: `${'x'.repeat(300)}.jpg`, label: 0, image }])
  t.match(run('image-write', [join(folder, 'a')], long), { status: 1, stderr: /^image-write: .*name too long\n$/ })
  t.strictSame(readdirSync(folder), [])
})
