import type { collectiveKernels } from '../../../kernels/collective.js'
import { type FamilyRules, unsupported } from '../../../rule-table.js'

/** A model runs as a whole: nothing in it can wait for other processes. */
const alone = unsupported('a step that ranks share is for onednn or tensorflow')

export const collectiveRules: FamilyRules<typeof collectiveKernels, never> = { AllReduce: alone, AllGather: alone }
