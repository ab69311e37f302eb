import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { buildTemplates } from '../../src/templates/build-templates.js'
import { readDetectorScores, readTemplateList, readTemplatePairs } from '../../src/templates/template-lists.js'
import {
  pairSimilarities,
  TEMPLATE_FARS,
  type TemplateFar,
  verifyTemplates,
} from '../../src/templates/template-verification.js'

/** A set of templates and what insightface's functions say of it (tools/peers/insightface-ijb.py). */
export interface IjbSet {
  lines: [name: string, template: number, media: number][]
  embeddings: number[][]
  flipped: number[][] | null
  scores: number[] | null
  pairs: [first: number, second: number, same: 0 | 1][]
  similarities: number[]
  tar: Record<TemplateFar, [tar: number, far: number]>
  auc: number
}

/** Where our figures are not those, to 1e-12. */
export function differencesOf(set: IjbSet): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ijb-'))
  try {
    const list = readTemplateList(written(folder, 'tid_mid.txt', set.lines))
    const pairs = readTemplatePairs(written(folder, 'pairs.txt', set.pairs), list)
    const points = '46.1 49.8 75.2 48.3 60.9 72.1 47.8 91.2 73.9 90.4'
    const scores = set.scores?.map((score, i) => [set.lines[i]![0], points, score])
    const templates = buildTemplates(recordsOf(set), list, {
      scores: scores && readDetectorScores(written(folder, 'scores.txt', scores)),
    })
    const { tar, auc } = verifyTemplates(templates, pairs)
    const found: [what: string, ours: number, theirs: number][] = [
      ...Array.from(
        pairSimilarities(templates, pairs),
        (similarity, i) => [`pair ${i}`, similarity, set.similarities[i]!] as [string, number, number],
      ),
      ...TEMPLATE_FARS.map(far => [`TAR at ${far}`, tar[far].tar, set.tar[far][0]] as [string, number, number]),
      ...TEMPLATE_FARS.map(far => [`FAR at ${far}`, tar[far].far, set.tar[far][1]] as [string, number, number]),
      ['AUC', auc, set.auc],
    ]
    return found.flatMap(([what, ours, theirs]) =>
      Math.abs(ours - theirs) < 1e-12 ? [] : [`${what}: ${ours}, not ${theirs}`],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function recordsOf({ lines, embeddings, flipped }: IjbSet): DataMap[] {
  return lines.map(([name], i) => ({
    id: `loose_crop/${name}`,
    embedding: tensorOf(Float32Array.from(embeddings[i]!)),
    ...(flipped === null ? {} : { flipped: tensorOf(Float32Array.from(flipped[i]!)) }),
  }))
}

function written(folder: string, name: string, lines: readonly (readonly unknown[])[]): string {
  const file = join(folder, name)
  writeFileSync(file, lines.map(line => `${line.join(' ')}\n`).join(''))
  return file
}
