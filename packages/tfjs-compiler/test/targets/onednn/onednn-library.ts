/** The installed oneDNN; undefined, with a printed line, where it is missing: what needs it is then skipped. */
import { installedEngine, installHint } from '@tiny-face/native-engines'

export const onednnLibrary = installedEngine('onednn')?.library

if (onednnLibrary === undefined) console.log(`skipped: ${installHint('onednn')}`)
