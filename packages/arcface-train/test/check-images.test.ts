import { encodePng } from '@tiny-face/image-stream'
import t from 'tap'
import { checkedSet, checkImages, type TrainingSet, withoutRecords } from '../src/index.js'
import { drawnSet, withImage } from './drawn-set.js'

const WHOLE = drawnSet({ count: 200, size: 4 })

async function damagedSet() {
  const set = await WHOLE
  const wide = await encodePng({ pixels: new Uint8Array(4 * 7 * 3), height: 4, width: 7 })
  return withImage(withImage(withImage(set, 150, wide), 3, set.image(3).subarray(0, 50)), 70, new Uint8Array())
}

t.test('what does not decode or is of another size, in order, with id and reason', async t => {
  for (const threads of [1, 3]) {
    let done = 0
    const damaged = await checkImages(await damagedSet(), { size: 4, threads, onProgress: images => (done += images) })
    t.strictSame(damaged, [
      { record: 3, id: 'id-3', reason: 'expected a whole image, found one that does not decode' },
      { record: 70, id: 'id-70', reason: 'expected a JPEG, PNG or PGM image, found no bytes' },
      { record: 150, id: 'id-150', reason: 'expected an image of 4x4 pixels, which the network takes, found 7x4' },
    ])
    t.equal(done, 200)
  }
  t.strictSame(await checkImages(await WHOLE, { size: 4 }), [])
})

t.test('a set that cannot be read ends the check', async t => {
  const set = {
    ...(await WHOLE),
    image: () => {
      throw new Error('no disk')
    },
  }
  await t.rejects(checkImages(set, { size: 4 }), { message: 'no disk' })
})

t.test('without damaged records: the others move up and keep their ids', async t => {
  const set = await damagedSet()
  const whole = withoutRecords(set, await checkImages(set, { size: 4 }))
  t.match(whole, { count: 197, classes: 200, source: 'drawn' })
  t.strictSame([whole.id(2), whole.id(3), whole.label(3), whole.id(196)], ['id-2', 'id-4', 4, 'id-199'])
  t.equal(whole.image(68), set.image(69))
  t.equal(whole.image(69), set.image(71))
  t.strictSame(await checkImages(whole, { size: 4 }), [])
  t.not(whole.fingerprint, set.fingerprint)
  t.not(whole.fingerprint, withoutRecords(set, [{ record: 3 }, { record: 70 }, { record: 151 }]).fingerprint)
  const every = Array.from({ length: 200 }, (_, record) => ({ record }))
  t.throws(() => withoutRecords(set, every), { name: 'DataError', found: 'none' })
})

t.test('labels are looked at again once images are left out', async t => {
  const labels = [0, 0, 1, 1]
  const set = { ...(await drawnSet({ count: 4, size: 4 })), classes: 2, label: (i: number) => labels[i]! }
  const broken = [2, 3].reduce((set, record) => withImage(set, record, new Uint8Array()), set as TrainingSet)
  await t.rejects(checkedSet(broken, { size: 4, skipDamaged: true }), {
    name: 'DataError',
    message: /^drawn: expected images of two people at least, to tell them apart, found only person 0;/,
  })
})
