import type { BuiltTemplates } from './build-templates.js'
import { TEMPLATE_FARS, type TemplateVerification } from './template-verification.js'

/** Figures of templates as a table for a terminal. */
export function templateTable(verification: TemplateVerification, templates: BuiltTemplates): string {
  const { pairs, same, tar, auc } = verification
  const different = pairs - same
  const head =
    `${pairs} pairs of ${templates.length} templates, ${same} same and ${different} different; ${templates.images} images, ` +
    `${templates.flip ? 'with' : 'without'} mirror images`
  const fine = TEMPLATE_FARS.filter(far => Number(far) * different < 1)
  const rows = TEMPLATE_FARS.map(wanted => {
    const { tar: rate, far, falseAccepts, cosine } = tar[wanted]
    const mark = fine.includes(wanted) ? ' *' : ''
    const from = cosine === Number.POSITIVE_INFINITY ? 'no pair accepted' : `cosine from ${cosine.toFixed(4)}`
    return `TAR@FAR=${wanted}  ${rate.toFixed(4)}    FAR ${far.toExponential(1)}, ${falseAccepts} ${falseAccepts === 1 ? 'pair' : 'pairs'}; ${from}${mark}`
  })
  const notes = fine.length === 0 ? [] : [`* FAR ${fine.join(', ')}: finer than ${different} different pairs can tell.`]
  return `${[head, ...rows, `AUC           ${auc.toFixed(4)}`, ...notes].join('\n')}\n`
}

/** The same as one line of JSON, every figure to its last digit; a cosine of null accepts no pair. */
export function templateJson({ pairs, same, tar, auc }: TemplateVerification, templates: BuiltTemplates): string {
  const rates = TEMPLATE_FARS.map(wanted => {
    const { tar: rate, far, falseAccepts, cosine } = tar[wanted]
    return [wanted, { tar: rate, far, false_accepts: falseAccepts, cosine: Number.isFinite(cosine) ? cosine : null }]
  })
  const { length, images, flip } = templates
  return `${JSON.stringify({ templates: length, images, pairs, same, flip, tar: Object.fromEntries(rates), auc })}\n`
}
