import { existsSync } from 'node:fs'
import { progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { enrolRecords, rejectsText } from '../enrol/enrol-records.js'
import { type LookAlikes, lookAlikes } from '../enrol/look-alikes.js'
import { personName } from '../enrol/person-name.js'
import type { QualityGate } from '../enrol/quality-gate.js'
import { updateGallery } from '../file/update-gallery.js'
import { indexPath } from '../index/gallery-index.js'
import { cosineThreshold } from '../search/cosine-threshold.js'

/** Pairs of people who look like one that are told one by one. */
const MOST_TOLD = 10

export interface Options extends QualityGate {
  person?: string
  threshold?: string
  unframed?: boolean
}

/** Enrols the faces of standard input in a gallery, which is made where it is not there. */
export async function enrolStream(path: string, { person, threshold, unframed, ...gate }: Options): Promise<void> {
  if (person !== undefined) personName(person)
  const records = stdinRecords({ unframed })
  await updateGallery(path, async before => {
    const bar = progressBar({ unit: 'faces', total: records.begin.count })
    const onRecord = () => bar.advance(1)
    const { gallery, added, replaced, rejects } = enrolRecords(before, records, { person, gate, onRecord })
    bar.done()
    if (rejects.size > 0) say(`left out: ${rejectsText(rejects)}`)
    if (threshold !== undefined) {
      const comparing = progressBar({ unit: 'faces compared', total: added })
      const onFaces = (count: number) => comparing.advance(count)
      tell(await lookAlikes(gallery, gallery.length - added, cosineThreshold(threshold, gallery), onFaces))
      comparing.done()
    }
    const replacing = replaced === 0 ? '' : `, earlier ones that they replace: ${replaced}`
    say(`faces enrolled: ${added}${replacing}; ${path} has ${gallery.length} of ${gallery.names.length} people`)
    if (existsSync(indexPath(path))) say(`the index of ${path} goes with its change: face-identify index makes another`)
    return gallery
  })
}

function tell(pairs: readonly LookAlikes[]): void {
  for (const { person, other, similarity, id, otherId } of pairs.slice(0, MOST_TOLD))
    say(`one person by two names? ${person} (${id}) and ${other} (${otherId}): similarity ${similarity.toFixed(4)}`)
  if (pairs.length > MOST_TOLD) say(`and ${pairs.length - MOST_TOLD} more pairs of people who look like one`)
}
