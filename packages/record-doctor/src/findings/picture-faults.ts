import type { ExaminedPicture } from '../examine-picture.js'
import type { Finding, FindingKind } from './finding.js'

/** What single pictures suffer from, one finding for each cause. */
export class PictureFaults {
  readonly #findings = new Map<string, Finding>()

  /** @param labelled whether the picture should have a label */
  add({ damage, fingerprint, trace, labelFault }: ExaminedPicture, row: number, labelled: boolean): void {
    if (damage !== undefined) this.#add('undecodable', damage, row)
    else if (fingerprint === undefined) this.#add('blank', 'one colour', row)
    if (trace !== undefined) this.#add('looks-damaged', trace, row)
    if (labelled && labelFault !== undefined) this.#add('bad-label', labelFault, row)
  }

  findings(): Finding[] {
    return [...this.#findings.values()]
  }

  #add(kind: FindingKind, reason: string, row: number): void {
    const key = `${kind} ${reason}`
    const finding = this.#findings.get(key)
    if (finding === undefined) this.#findings.set(key, { kind, reason, rows: [row] })
    else finding.rows.push(row)
  }
}
