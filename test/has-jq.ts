import { spawnSync } from 'node:child_process'

/** jq is the reader's own, as sort and uniq are, and a bare system lacks it. */
export const hasJq = spawnSync('jq', ['--version']).status === 0
if (!hasJq) console.log('# skipped: examples with jq, which is not installed')
