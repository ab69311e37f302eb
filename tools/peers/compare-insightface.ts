// Half of check-alignment: our alignment of the cases that align-insightface.py wrote.
import { differencesOf, readCases } from '../../packages/face-aligner/test/align/insightface-cases.js'

/** insightface reckons in float64 as we do, but not in the same order. */
const MATRIX_ERROR = 1e-6
const SHARPNESS_ERROR = 1e-9

const cases = readCases(process.argv[2]!)
const found = cases.map(differencesOf)
const isSame = ({ matrix, pixels, sharpness }: (typeof found)[number]) =>
  matrix < MATRIX_ERROR && pixels === 0 && sharpness < SHARPNESS_ERROR
for (const [i, differences] of found.entries()) {
  if (!isSame(differences)) console.error(`case ${i}: ${JSON.stringify(differences)}`)
}
const differ = found.filter(differences => !isSame(differences)).length
const matrix = Math.max(...found.map(({ matrix }) => matrix)).toExponential(1)
console.log(`${cases.length} faces, ${differ} differ; matrices are at most ${matrix} apart`)
process.exitCode = differ === 0 ? 0 : 1
