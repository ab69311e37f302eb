import t from 'tap'
import { AUGMENTATION_DEFAULTS, AUGMENTATIONS, DEFAULT_AUGMENTATION, parseAugment } from '../../src/index.js'

t.test('names on the command line, with the mirror; none is nothing', async t => {
  t.strictSame(parseAugment('none'), {})
  t.strictSame(parseAugment('mirror'), DEFAULT_AUGMENTATION)
  t.strictSame(parseAugment('adaface'), AUGMENTATIONS.adaface)
  const { mirror, crop, blur } = AUGMENTATION_DEFAULTS
  t.strictSame(parseAugment('crop,blur'), { mirror, crop, blur })
  t.strictSame(parseAugment('adaface,blur'), { ...AUGMENTATIONS.adaface, blur })
  t.strictSame(JSON.parse(JSON.stringify(AUGMENTATIONS.adaface)), AUGMENTATIONS.adaface, 'plain JSON')
})

t.test('a name that is none is an error that says which there are', async t => {
  for (const text of ['blurr', 'crop,,blur', '', 'toString', 'crop, blur'])
    t.throws(
      () => parseAugment(text),
      { name: 'UsageError', message: /some of adaface, crop, rotate, .*; found '/ },
      text,
    )
})
