import { figuresOutput, progressBar, say } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { buildTemplates } from '../templates/build-templates.js'
import { readDetectorScores, readTemplateList, readTemplatePairs } from '../templates/template-lists.js'
import { templateJson, templateTable } from '../templates/template-report.js'
import { verifyTemplates } from '../templates/template-verification.js'

export interface Options {
  templates: string
  pairs: string
  scores?: string
  json?: string
  unframed?: boolean
  force?: boolean
}

/** Builds templates of the images on standard input, verifies their pairs, and writes the figures as a table and JSON. */
export function verifyTemplatesStream({ templates, pairs, scores, json, unframed, force }: Options): void {
  const records = stdinRecords({ unframed })
  const write = figuresOutput(json, { force })
  // What is wrong with a list is known before a network has run over half a million images.
  const list = readTemplateList(templates)
  const templatePairs = readTemplatePairs(pairs, list)
  const detector = scores === undefined ? undefined : readDetectorScores(scores)
  const { count, source } = records.begin
  const bar = progressBar({ unit: 'images', total: count })
  const built = buildTemplates(records, list, { scores: detector, source, onImage: () => bar.advance(1) })
  bar.done()
  if (built.others > 0)
    say(`left out ${built.others === 1 ? '1 image' : `${built.others} images`} that ${templates} does not name`)
  const comparing = progressBar({ unit: 'pairs', total: templatePairs.length })
  const verification = verifyTemplates(built, templatePairs, count => comparing.advance(count))
  comparing.done()
  write({ json: [templateJson(verification, built)], table: templateTable(verification, built) })
}
