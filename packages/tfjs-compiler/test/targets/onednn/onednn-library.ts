/** The installed oneDNN; undefined, with a printed line, where it is missing, which in CI is a failure. */
import { installedEngine, installHint } from '@tiny-face/native-engines'
import t from 'tap'

export const onednnLibrary = installedEngine('onednn')?.library

if (onednnLibrary === undefined) {
  const hint = installHint('onednn')
  if (process.env.CI) t.fail(hint)
  else console.log(`skipped: ${hint}`)
}
