import { NETWORKS } from '@tiny-face/arcface-model'
import t from 'tap'
import { AUGMENTATIONS, batches } from '../../src/index.js'
import { keptPixels, MAX_KEPT_BYTES } from '../../src/workers/kept-pixels.js'
import { drawnSet } from '../drawn-set.js'

const SIZE = 8
const COUNT = 24
const NETWORK = { ...NETWORKS.mobilefacenet, size: SIZE }

t.test('an image is read in the first epoch, and comes later as it would have come from its file', async t => {
  const set = await drawnSet({ count: COUNT, size: SIZE })
  const read: number[] = []
  const counted = {
    ...set,
    image(index: number) {
      read.push(index)
      return set.image(index)
    },
  }
  const options = { network: NETWORK, batchSize: 8, seed: 3, steps: 9, augment: AUGMENTATIONS.adaface }
  const inOneGo = []
  for await (const { images } of batches(counted, options)) inOneGo.push(images.slice())
  t.equal(new Set(read).size, COUNT)
  // The second epoch's first batch is asked for while the first's last is still made.
  t.ok(read.length <= COUNT + options.batchSize, `${read.length} reads`)
  // A run that goes on at the second epoch has kept nothing yet.
  const later = []
  for await (const { images } of batches(set, { ...options, from: 3, steps: 6 })) later.push(images.slice())
  t.strictSame(later, inOneGo.slice(3, 6))
})

t.test('a set over the limit is not kept', async t => {
  const most = Math.floor(MAX_KEPT_BYTES / (112 * 112 * 3))
  t.equal(keptPixels(most, 112)?.pixels.length, most * 112 * 112 * 3)
  t.equal(keptPixels(most + 1, 112), undefined)
})
