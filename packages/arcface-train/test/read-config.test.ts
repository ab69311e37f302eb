import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NETWORK_NAMES } from '@tiny-face/arcface-model'
import t from 'tap'
import { PRESETS, type PresetName } from '../src/presets/index.js'
import { readConfig } from '../src/read-config.js'
import { aConfig } from './a-config.js'

const folder = t.testdir()
const file = join(folder, 'config.json')

/** Reads what was written, with some of it changed. */
function reread(config: object, changes: Record<string, unknown> = {}): unknown {
  writeFileSync(file, JSON.stringify({ ...config, ...changes }, null, 2))
  return readConfig(file)
}

t.test('every configuration reads back as it was', async t => {
  for (const preset of Object.keys(PRESETS) as PresetName[]) {
    const config = aConfig({ preset, network: undefined, epochs: undefined }, { count: 5000, classes: 9, source: 'x' })
    t.strictSame(reread(config), config, preset)
  }
  for (const head of ['cosface', 'combined', 'subcentre'] as const) {
    const config = aConfig({
      head,
      optimiser: 'adamw',
      clip: 5,
      init: 'runs/a',
      verify: [{ name: 'a', file: 'b' }],
      patience: 3,
    })
    t.strictSame(reread(config), config, head)
  }
})

t.test('damage names file, field, what was expected and what was found', async t => {
  const config = aConfig()
  for (const [changes, message] of [
    [{ network: 'vgg' }, `network, expected ${NETWORK_NAMES.join(' or ')}, found "vgg"`],
    [{ batchSize: '64' }, 'batchSize, expected a whole number of at least 2, found "64"'],
    [{ batchSize: 2000 }, 'batchSize, expected at most 1000, the images, found 2000'],
    [{ steps: 1.5 }, 'steps, expected a whole number of at least 1, found 1.5'],
    [{ learningRates: [0.1, null] }, 'learningRates[1], expected a number of at least 0, found null'],
    [{ sampleRate: 2 }, 'sampleRate, expected a number from 0 to 1, found 2'],
    [
      { head: { kind: 'softmax' } },
      'head.kind, expected arcface or cosface or combined or adaface or subcentre, found "softmax"',
    ],
    [{ head: { ...config.head, margin: undefined } }, 'head.margin, expected a value, found none'],
    [
      { head: { kind: 'combined', margins: [1, 2], scale: 1 } },
      'head.margins[2], expected a number of at least 0, found none',
    ],
    [{ head: { kind: 'cosface', margin: 1, scale: 1, easy: true } }, 'head.easy, expected no such field, found true'],
    [{ decayAll: 0 }, 'decayAll, expected true or false, found 0'],
    [{ augment: { mirror: true } }, 'augment.mirror, expected an object, found true'],
    [{ augment: { sharpen: {} } }, 'augment.sharpen, expected no such field, found {}'],
    [
      { augment: { blur: { probability: 2, sigma: [0, 1] } } },
      'augment.blur.probability, expected a number from 0 to 1, found 2',
    ],
    [{ every: {} }, 'every, expected steps or epochs, at least 1, found {}'],
    [{ every: 5 }, 'every, expected steps or epochs, at least 1, found 5'],
    [{ verify: [{ name: 'lfw' }] }, 'verify[0].file, expected a value, found none'],
    [{ verify: 'lfw' }, 'verify, expected a list, found "lfw"'],
    [{ colour: true }, 'colour, expected no such field, found true'],
  ] as const) {
    t.throws(() => reread(config, changes), { name: 'DataError', message: `${file}: ${message}` }, message)
  }
})

t.test('the name that a network had in an earlier version is the present one', async t => {
  t.strictSame(reread(aConfig(), { network: 'seed-resnet50' }), { ...aConfig(), network: 'resnet50' })
})

t.test('an older one names the first field that it has not', async t => {
  const { head: _, optimiser: __, ...old } = aConfig()
  const older = { ...old, margin: 0.5, scale: 64, easyMargin: false, momentum: 0.9 }
  t.throws(() => reread(older), {
    message: `${file}: head, expected a value, found none`,
  })
})

t.test('what is no JSON, or no object, is named as that', async t => {
  writeFileSync(file, '{"network": ')
  t.throws(() => readConfig(file), { name: 'DataError', message: /config\.json: expected JSON, found .+/ })
  writeFileSync(file, '7')
  t.throws(() => readConfig(file), { message: `${file}: expected an object, found 7` })
  t.throws(() => readConfig(join(folder, 'none.json')), { code: 'ENOENT' })
})
