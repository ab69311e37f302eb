import { escaped } from '@tiny-face/report-page'
import { foldRanges } from '../folds/fold-ranges.js'
import type { HardestPairs, HardPair } from '../pairs/hardest-pairs.js'
import type { Face } from '../pairs/measure-pairs.js'
import type { MeasuredPairs } from '../pairs/measured-pairs.js'
import type { Verification } from '../verify.js'

/** Pictures larger than this are left out of the page. */
export const MAX_PICTURE_BYTES = 1 << 20

/** The hardest pairs of both kinds, as pictures where the stream had images; each one marked where its fold got it wrong. */
export function hardestGallery(hardest: HardestPairs, pairs: MeasuredPairs, verification: Verification): string {
  const { folds } = verification
  const ranges = foldRanges(pairs.length)
  const foldOf = (pair: HardPair) => {
    const place = pairs.indices === undefined ? pair.index : pairs.indices.indexOf(pair.index)
    const fold = ranges.findIndex(({ to }) => place < to)
    return { fold: fold + 1, threshold: folds[fold]!.threshold }
  }
  const total = (count: 'falseAccepts' | 'falseRejects') => folds.reduce((sum, fold) => sum + fold[count], 0)
  const accepts = total('falseAccepts')
  const rejects = total('falseRejects')
  return `<section>
<h2>Hardest pairs</h2>
<p>A pair is accepted when its distance is below the threshold of its own fold, which is why of two pairs the closer one can be rejected and the
other accepted.</p>
${group({
  title: 'Different people, the closest first',
  count: `${accepts} false ${accepts === 1 ? 'accept' : 'accepts'} among ${verification.pairs - verification.same} different pairs`,
  pairs: hardest.different,
  foldOf,
  isWrong: pair => pair.distance < foldOf(pair).threshold,
  wrong: 'false accept',
  right: 'rejected',
})}
${group({
  title: 'One person, the farthest first',
  count: `${rejects} false ${rejects === 1 ? 'reject' : 'rejects'} among ${verification.same} same pairs`,
  pairs: hardest.same,
  foldOf,
  isWrong: pair => !(pair.distance < foldOf(pair).threshold),
  wrong: 'false reject',
  right: 'accepted',
})}
</section>`
}

interface Group {
  title: string
  count: string
  pairs: readonly HardPair[]
  foldOf: (pair: HardPair) => { fold: number; threshold: number }
  isWrong: (pair: HardPair) => boolean
  wrong: string
  right: string
}

function group({ title, count, pairs, foldOf, isWrong, wrong, right }: Group): string {
  const cards = pairs.map(pair => {
    const { fold, threshold } = foldOf(pair)
    const verdict = isWrong(pair) ? `<b class="wrong">${wrong}</b>` : `<span>${right}</span>`
    return card(pair, verdict, `fold ${fold}: below ${threshold.toFixed(2)}`)
  })
  return `<h3>${title}</h3>
<p>${count}.</p>
<ol class="pairs">
${cards.join('\n')}
</ol>`
}

function card({ index, distance, faces }: HardPair, verdict: string, rule: string): string {
  const pictures = faces.map((face, side) => picture(face, `Pair ${index}, ${side === 0 ? 'left' : 'right'} face`))
  const ids = faces.map(face => face.id).filter(id => id !== undefined)
  const caption = [`pair ${index}`, rule, ...ids.map(id => escaped(String(id)))].join(' · ')
  const shown = pictures.some(html => html !== '')
  return `<li>${shown ? `<div class="faces">${pictures.map(html => html || '<i>no picture</i>').join('')}</div>` : ''}
<p><strong>${distance.toFixed(3)}</strong> ${verdict}<small>${caption}</small></p></li>`
}

function picture({ id, image }: Face, alt: string): string {
  const type = image === undefined || image.length > MAX_PICTURE_BYTES ? undefined : imageType(image)
  if (image === undefined || type === undefined) return ''
  const text = id === undefined ? alt : `${alt}, ${id}`
  return `<img src="data:${type};base64,${Buffer.from(image).toString('base64')}" alt="${escaped(text)}">`
}

function imageType(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg'
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return 'image/png'
  return undefined
}
