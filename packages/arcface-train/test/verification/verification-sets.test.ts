import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeBin } from '@tiny-face/bin-stream'
import { encodePng } from '@tiny-face/image-stream'
import t from 'tap'
import { openVerificationSets } from '../../src/verification/index.js'
import { drawnBin } from './drawn-bin.js'

t.test('a set gives its pairs, as often as it is asked', async t => {
  const file = join(t.testdir({}), 'faces.bin')
  await drawnBin(file, { pairs: 12 })
  const [set, again] = await openVerificationSets(
    [
      { name: 'a', file },
      { name: 'b', file },
    ],
    112,
  )
  t.match(set, { name: 'a', file, pairs: 12 })
  t.match(again, { name: 'b', pairs: 12 })
  for (let time = 0; time < 2; time++) {
    const pairs = [...set!.records()].map(({ pair }) => pair!)
    t.strictSame(
      pairs,
      Array.from({ length: 24 }, (_, slot) => ({ index: slot >> 1, side: slot % 2, same: (slot >> 1) % 2 === 0 })),
    )
  }
  set!.close()
  again!.close()
  t.strictSame(await openVerificationSets([], 112), [])
})

t.test('what cannot verify is found before the first step, and named', async t => {
  const folder = t.testdir({})
  const [good, few, kind, small, broken, text] = ['good', 'few', 'kind', 'small', 'broken', 'text'].map(name =>
    join(folder, `${name}.bin`),
  ) as [string, string, string, string, string, string]
  await drawnBin(good)
  await drawnBin(few, { pairs: 9 })
  await drawnBin(kind, { same: () => false })
  await drawnBin(small, { size: 96 })
  const png = await encodePng({ width: 112, height: 112, pixels: new Uint8Array(112 * 112 * 3) })
  brokenImages(broken, png)
  writeFileSync(text, 'no pickle')
  for (const [file, message] of [
    [few, `${few}: expected at least 10 pairs, one for each fold, found 9`],
    [
      kind,
      `${kind}: expected pairs of the same person and pairs of different people, found pairs of different people only`,
    ],
    [small, `${small}: record 0: expected an image of 112x112 pixels, which the network takes, found 96x96`],
    [broken, new RegExp(`^${broken}: .*`)],
    [text, new RegExp(`^${text}: byte \\d+: `)],
  ] as const) {
    const wanted = [
      { name: 'good', file: good },
      { name: 'bad', file },
    ]
    await t.rejects(openVerificationSets(wanted, 112), { name: 'DataError', message })
  }
  await t.rejects(openVerificationSets([{ name: 'none', file: join(folder, 'none.bin') }], 112), { code: 'ENOENT' })
})

/** A set whose images are cut off. */
function brokenImages(file: string, png: Uint8Array): void {
  const pieces: Uint8Array[] = []
  const image = png.subarray(0, 60)
  writeBin(
    Array.from({ length: 20 }, (_, slot) => ({
      image,
      pair: { index: slot >> 1, side: (slot % 2) as 0 | 1, same: (slot >> 1) % 2 === 0 },
    })),
    piece => pieces.push(piece.slice()),
  )
  writeFileSync(file, Buffer.concat(pieces))
}
