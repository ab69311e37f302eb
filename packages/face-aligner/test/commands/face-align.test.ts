import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFace } from '@tiny-face/drawn-faces'
import { decodeImage } from '@tiny-face/image-stream'
import { type BeginFields, type DataMap, decodeRecords, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import sharp, { type Sharp } from 'sharp'
import { type Test, test } from 'tap'
import type { FaceField } from '../../src/align-records.js'
import { installedDetector } from '../../src/index.js'

const stub = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const bin = stub('face-aligner/bin/face-align.js')

// YuNet sees a face in what drawn-faces draws.
const needed = installedDetector('yunet') ? {} : { skip: 'the detector is not installed: face-align --install yunet' }

/** Runs the command on a stream; `peak` is the most memory that it held, in bytes, where the system says. */
function align(input: Uint8Array, ...args: string[]) {
  const tellPeak = `import { existsSync, readFileSync, writeSync } from 'node:fs'
if (existsSync('/proc/self/status')) process.on('exit', () => writeSync(3, readFileSync('/proc/self/status', 'latin1').match(/VmHWM:\\s*(\\d+) kB/)[1]))`
  const child = ['--import', `data:text/javascript,${encodeURIComponent(tellPeak)}`, bin, ...args]
  const { status, stdout, stderr, output } = spawnSync(process.execPath, child, {
    input,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    timeout: 120_000,
    env: { ...process.env, NODE_OPTIONS: undefined },
  })
  return { status, stdout, stderr: stderr.toString(), peak: Number(output[3]) * 1024 }
}

async function streamOf(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

type Face = DataMap & { image: Uint8Array; face: FaceField }

async function facesIn(stdout: Uint8Array): Promise<Face[]> {
  const records: Face[] = []
  for await (const record of decodeRecords([stdout])) records.push(structuredClone(record) as Face)
  return records
}

/** The side that faces are drawn in, before they are resized to be part of a photo. */
const DRAWN = 400

/** A photo with drawn faces: each `[identity, left, top, side]`. */
async function photoOf(width: number, height: number, faces: [number, number, number, number][]): Promise<Sharp> {
  const layers = faces.map(async ([identity, left, top, side]) => {
    const { pixels } = await drawFace({ identity, view: 0, size: DRAWN, seed: 1 })
    const drawn = sharp(pixels, { raw: { width: DRAWN, height: DRAWN, channels: 3 } })
    return { input: await drawn.resize(side, side).png().toBuffer(), left, top }
  })
  const ground = sharp({ create: { width, height, channels: 3, background: '#667788' }, limitInputPixels: false })
  return sharp(
    await ground
      .composite(await Promise.all(layers))
      .removeAlpha()
      .raw()
      .toBuffer(),
    {
      raw: { width, height, channels: 3 },
    },
  )
}

const encoded = async (photo: Sharp) => await photo.png({ compressionLevel: 1 }).toBuffer()
const portrait = await encoded(await photoOf(640, 480, [[3, 180, 80, 300]]))
const two = await encoded(
  await photoOf(800, 500, [
    [1, 60, 150, 200],
    [2, 420, 100, 320],
  ]),
)
const nobody = await encoded(await photoOf(300, 200, []))

function scratch(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-align-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('photos become aligned faces, and what is known of them passes on', needed, async t => {
  const folder = scratch(t)
  const input = await streamOf(
    [
      { id: 'ann/1.png', label: 0, image: portrait, camera: 'M' },
      { id: 'ann/2.png', label: 0, image: nobody },
      { id: 'bob/1.png', label: 1, image: two },
    ],
    { count: 3, classes: 2, names: ['ann', 'bob'], source: 'people' },
  )
  const rejects = join(folder, 'rejects.jsonl')
  const { status, stdout, stderr } = align(input, '--rejects', rejects)
  t.equal(status, 0)
  t.match(stderr, /^face-align: 3 photos, .*\nface-align: 2 faces aligned, left out 1 \(1 no face\)\n$/)
  const [ann, bob, ...more] = await facesIn(stdout)
  t.strictSame(more, [])
  t.strictSame([ann!.id, ann!.label, ann!.camera, bob!.id, bob!.label], ['ann/1.png', 0, 'M', 'bob/1.png', 1])
  t.match(ann!.face, { index: 1, of: 1 })
  t.match(bob!.face, { of: 2 })
  t.ok(bob!.face.box[0]! > 420, 'the larger of two')
  t.strictSame((await decodeImage(bob!.image)).width, 112)
  const head = stdout.subarray(0, 200).toString('latin1')
  t.ok(['classes', 'names', 'ann', 'bob', 'people'].every(word => head.includes(word)))
  t.notOk(head.includes('count'), 'how many come is not known ahead')
  t.equal(readFileSync(rejects, 'utf8'), '{"id":"ann/2.png","reason":"no face"}\n')
  t.equal(align(input, '--quiet').stderr, '')
})

test('eyes, nose and mouth are where the template has them', needed, async t => {
  const { stdout } = align(await streamOf([{ id: 1, image: two }]), '--size', '224')
  const [{ image }] = (await facesIn(stdout)) as [Face]
  const margin = { top: 100, bottom: 100, left: 100, right: 100, background: '#667788' }
  const again = align(await streamOf([{ id: 1, image: await sharp(image).extend(margin).toBuffer() }]))
  const [{ face }] = (await facesIn(again.stdout)) as [Face]
  const template = [
    [38.3, 51.7],
    [73.5, 51.5],
    [56, 71.7],
    [41.5, 92.4],
    [70.7, 92.2],
  ]
  const distances = face.points.map(([x, y], i) =>
    Math.hypot(x! - 100 - 2 * template[i]![0]!, y! - 100 - 2 * template[i]![1]!),
  )
  t.ok(Math.max(...distances) < 12, `at most ${Math.max(...distances).toFixed(1)} pixels away`)
})

test('all faces, judged', needed, async t => {
  const folder = scratch(t)
  const rejects = join(folder, 'rejects.jsonl')
  const input = await streamOf([{ id: 'a.png', image: two }])
  const all = align(input, '--faces', 'all')
  t.strictSame(
    (await facesIn(all.stdout)).map(({ id }) => id),
    ['a.png#1', 'a.png#2'],
  )
  const large = align(input, '--faces', 'all', '--min-size', '160', '--rejects', rejects)
  const [face, ...more] = await facesIn(large.stdout)
  t.strictSame([more, face!.face.of], [[], 2])
  const listed = JSON.parse(readFileSync(rejects, 'utf8'))
  t.match(listed, {
    id: 'a.png',
    reason: 'too small',
    index: 3 - face!.face.index,
    of: 2,
    box: [Number, Number, Number, Number],
  })
  t.match(large.stderr, /1 face aligned, left out 1 \(1 too small\)\n$/)
  const dlib = await facesIn(align(input, '--template', 'dlib').stdout)
  t.equal((await decodeImage(dlib[0]!.image)).width, 150)
  const sized = await facesIn(align(input, '--size', '64').stdout)
  t.equal((await decodeImage(sized[0]!.image)).width, 64)
})

test('pixels instead of an image', needed, async t => {
  const { pixels, height, width } = await decodeImage(portrait)
  const input = await streamOf([
    { id: 1, image: portrait },
    { id: 2, pixels: tensorOf(pixels, [height, width, 3]) },
  ])
  const [fromImage, fromPixels] = await facesIn(align(input).stdout)
  t.ok(Buffer.from(fromPixels!.image).equals(fromImage!.image))
  t.strictSame(fromPixels!.face, fromImage!.face)
})

/** How sharp turns and mirrors a picture so that a given EXIF orientation makes it upright again. */
const TURNS = [
  [1, 0, false, false],
  [2, 0, true, false],
  [3, 180, false, false],
  [4, 0, false, true],
  [5, 270, true, false],
  [6, 270, false, false],
  [7, 90, true, false],
  [8, 90, false, false],
] as const

test('the same face comes of a photo in all eight EXIF orientations', needed, async t => {
  const photo = await photoOf(640, 481, [[5, 151, 60, 330]])
  const records = await Promise.all(
    TURNS.map(async ([orientation, angle, flop, flip]) => {
      const turned = photo.clone().rotate(angle).flop(flop).flip(flip).withMetadata({ orientation })
      return { id: orientation, image: await turned.webp({ lossless: true, effort: 0 }).toBuffer() }
    }),
  )
  const faces = await facesIn(align(await streamOf(records)).stdout)
  t.equal(faces.length, 8)
  for (const { id, image, face } of faces) {
    t.ok(Buffer.from(image).equals(faces[0]!.image), `orientation ${id}`)
    t.strictSame(face, faces[0]!.face)
  }
})

test('photos of any size: small and large faces of 50 megapixels, in bounded memory', needed, async t => {
  const [width, height] = [8160, 6120]
  const photo = await photoOf(width, height, [
    [4, 500, 800, 4000],
    [9, 5500, 1500, 1100],
  ])
  for (const orientation of [1, 6]) {
    const jpeg = await photo
      .clone()
      .withMetadata({ orientation })
      .rotate(orientation === 6 ? 270 : 0)
      .jpeg()
      .toBuffer()
    const { stdout, status, peak } = align(await streamOf([{ id: 1, image: jpeg }]), '--faces', 'all', '--size', '224')
    t.equal(status, 0)
    const faces = await facesIn(stdout)
    const eyes = faces.map(({ face }) => face.eyes).sort((a, b) => a - b)
    t.equal(faces.length, 2)
    t.ok(Math.abs(eyes[1]! / eyes[0]! - 4000 / 1100) < 1.5, `eyes ${eyes} pixels apart`)
    const megabytes = peak / 2 ** 20
    t.ok(megabytes < 450, `held ${megabytes.toFixed()} MiB; the photo decoded in full alone would be 143`)
  }
})

test('faces from JPEG and AVIF are those from PNG, but for what they lose', needed, async t => {
  const photo = await photoOf(2400, 1600, [[7, 300, 200, 1100]])
  const records = [
    { id: 'png', image: await encoded(photo.clone()) },
    { id: 'jpeg', image: await photo.clone().jpeg({ quality: 95 }).toBuffer() },
    { id: 'progressive', image: await photo.clone().jpeg({ quality: 95, progressive: true }).toBuffer() },
    { id: 'avif', image: await photo.clone().avif({ quality: 90, effort: 0 }).toBuffer() },
    { id: 'tiff', image: await photo.clone().tiff().toBuffer() },
  ]
  const faces = await facesIn(align(await streamOf(records)).stdout)
  t.strictSame(
    faces.map(({ id }) => id),
    ['png', 'jpeg', 'progressive', 'avif', 'tiff'],
  )
  const [png, ...others] = await Promise.all(faces.map(async ({ image }) => (await decodeImage(image)).pixels))
  for (const [i, pixels] of others.entries()) {
    const mean = pixels.reduce((sum, value, k) => sum + Math.abs(value - png![k]!), 0) / pixels.length
    t.ok(mean < 3, `${records[i + 1]!.id}: ${mean.toFixed(2)} levels away on average`)
  }
})

test('damaged photos, and what is none', needed, async t => {
  const folder = scratch(t)
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')
  const input = await streamOf(
    [
      { id: 'a.png', image: portrait },
      { id: 'b.png', image: portrait.subarray(0, 20_000) },
      { id: 'c.heic', image: heic },
    ],
    { source: 'photos' },
  )
  const refused = align(input)
  t.equal(refused.status, 1)
  t.equal(
    refused.stderr,
    'face-align: photos: record 1 (id b.png): expected a whole image, found one that does not decode\n',
  )
  const rejects = join(folder, 'rejects.jsonl')
  const { status, stdout, stderr } = align(input, '--skip-damaged', '--rejects', rejects)
  t.equal(status, 0)
  t.strictSame(
    (await facesIn(stdout)).map(({ id }) => id),
    ['a.png'],
  )
  t.match(
    stderr,
    /left out b\.png: expected a whole image.*\n.*left out c\.heic: expected a photo .*, found HEIC \(convert it to JPEG\)\n/,
  )
  const lines = readFileSync(rejects, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(lines, [
    { id: 'b.png', reason: 'damaged', message: String },
    { id: 'c.heic', reason: 'damaged', message: String },
  ])
})

test('no face that can be used in any photo is an error, and the list of rejects is there', needed, async t => {
  const folder = scratch(t)
  const rejects = join(folder, 'rejects.jsonl')
  const input = await streamOf(
    [
      { id: 1, image: nobody },
      { id: 2, image: portrait },
    ],
    { source: 'photos' },
  )
  const { status, stdout, stderr } = align(input, '--min-size', '400', '--rejects', rejects)
  t.equal(status, 1)
  t.equal(
    stderr,
    'face-align: photos: expected a face that can be used, found none in 2 photos, left out 2 (1 no face, 1 too small)\n',
  )
  t.equal(stdout.length, 0)
  t.equal(readFileSync(rejects, 'utf8').trim().split('\n').length, 2)
  t.match(align(await streamOf([])), { status: 1, stderr: /expected a face that can be used, found no photo\n$/ })
})

test('a stream that is cut off, or none', needed, async t => {
  const folder = scratch(t)
  const input = await streamOf([
    { id: 1, image: portrait },
    { id: 2, image: portrait },
  ])
  const rejects = join(folder, 'rejects.jsonl')
  for (const end of [input.length - 3, input.length - portrait.length, 40]) {
    const { status, stdout, stderr } = align(input.subarray(0, end), '--rejects', rejects)
    t.equal(status, 1)
    t.match(stderr, /^face-align: [^\n]+\n$/)
    await t.rejects(facesIn(stdout), 'what was written has no end')
    t.notOk(existsSync(rejects))
  }
  t.match(align(Buffer.from('no stream')), { status: 1, stderr: /^face-align: [^\n]+\n$/ })
})

test('wrong options are said in one line', async t => {
  for (const [args, said] of [
    [['--faces', 'some'], /--faces some: expected one of largest, centre, all/],
    [['--template', 'x'], /--template x: expected one of arcface, dlib/],
    [['--size', '4'], /--size 4: expected a whole number of at least 16/],
    [['--size', '5000'], /--size 5000: expected at most 1024/],
    [['--max-yaw', '200'], /--max-yaw 200: expected a number from 0 to 180/],
    [['--install', 'x'], /--install x: expected one of yunet, mtcnn/],
    [['--from', '.'], /--from goes with --install/],
    [['--threads', '0'], /--threads/],
  ] as const) {
    const { status, stderr } = align(Buffer.of(), ...args)
    t.equal(status, 2)
    t.match(stderr, said)
    t.match(stderr, /^face-align: [^\n]+\n$/)
  }
  const folder = scratch(t)
  const none = align(Buffer.of(), '--detector', join(folder, 'none.onnx'))
  t.match(none, { status: 1, stderr: /^face-align: expected a detector: .*, found .*none\.onnx\n$/ })
})

test('a folder of people in, an aligned folder out', needed, async t => {
  const folder = scratch(t)
  for (const [path, image] of Object.entries({
    'ann/1.png': portrait,
    'ann/2.png': two,
    'bob/1.png': two,
    'bob/2.png': nobody,
  })) {
    mkdirSync(join(folder, 'people', path, '..'), { recursive: true })
    writeFileSync(join(folder, 'people', path), image)
  }
  const commands = [
    'image-stream/bin/image-dump.js',
    'face-aligner/bin/face-align.js',
    'image-stream/bin/image-write.js',
  ]
  const [dump, alignFaces, write] = commands.map(path => `'${process.execPath}' '${stub(path)}'`)
  const pipe = `${dump} people | ${alignFaces} | ${write} aligned`
  const { status } = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: undefined },
  })
  t.equal(status, 0)
  for (const path of ['ann/1.png', 'ann/2.png', 'bob/1.png']) {
    const { width, height } = await decodeImage(readFileSync(join(folder, 'aligned', path)))
    t.strictSame([width, height], [112, 112])
  }
  t.notOk(existsSync(join(folder, 'aligned', 'bob/2.png')))
})
