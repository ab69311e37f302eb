// The main job on real faces: images to .rec, .rec to shards, training, and verification on people never seen in training.
// npm run demo [-- --images DIR | --synthetic]
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { FacesUnavailable, fetchOrl } from './fetch-orl.js'
import { CACHE, quote, ROOT, runPipeline } from './run-pipeline.js'

const DEMO = `${CACHE}/demo`
/** Of the people, the share that is kept out of training. */
const HELD_OUT = 1 / 4
/** Pairs are drawn from at least two people. */
const FEWEST_PEOPLE = 4
const BATCH = 32
const EPOCHS = 12

interface Stage {
  name: string
  command: string
  seconds: number
}

try {
  run()
} catch (error) {
  console.error(`demo: ${(error as Error).message}`)
  process.exit(1)
}

function run(): void {
  process.chdir(ROOT)
  mkdirSync(DEMO, { recursive: true })
  const { faces, what } = chooseFaces()
  const people = readdirSync(faces, { withFileTypes: true }).filter(entry => entry.isDirectory()).length
  if (people < FEWEST_PEOPLE)
    throw new Error(`${faces}: expected a folder for each of ${FEWEST_PEOPLE} people or more, found ${people}`)
  const trained = people - Math.max(2, Math.round(people * HELD_OUT))
  console.log(`${what}: ${trained} people train, ${people - trained} are held out.\n`)

  const dump = `image-dump ${quote(faces)} --size 112`
  const stages: Stage[] = []
  const stage = (name: string, command: string) => stages.push({ name, command, seconds: runPipeline(command) })
  stage(
    'images to .rec',
    `${dump} | record-select --labels 0-${trained - 1} | recordio-write ${DEMO}/train.rec --force`,
  )
  stage(
    '.rec to shards',
    `recordio-dump ${DEMO}/train.rec | tfrecord-write --out ${DEMO}/shards --shards 4 --shuffle 1 --force`,
  )
  rmSync(`${DEMO}/run`, { recursive: true, force: true })
  stage(
    'training',
    `arcface-train ${DEMO}/shards --network mobilefacenet --out ${DEMO}/run --batch-size ${BATCH} --epochs ${EPOCHS} --schedule cosine --lr 0.1 --warmup 20 --scale 32 --margin 0.3 --seed 1`,
  )
  stage(
    'pairs',
    `${dump} | record-select --labels ${trained}-${people - 1} | record-pairs --seed 1 | bin-write ${DEMO}/held-out.bin --force`,
  )
  stage(
    'verification',
    `bin-dump ${DEMO}/held-out.bin | arcface-embed --model ${DEMO}/run --flip | face-verify --json ${DEMO}/held-out.json --report ${DEMO}/report.html --force`,
  )
  printSummary(stages)
}

/** The folder of faces, a folder per person, and what to call it. */
function chooseFaces(): { faces: string; what: string } {
  const { values } = parseArgs({
    options: { images: { type: 'string' }, synthetic: { type: 'boolean', default: false } },
  })
  if (values.images !== undefined) return { faces: values.images, what: values.images }
  if (!values.synthetic) {
    try {
      return { faces: relative(ROOT, fetchOrl()), what: 'The AT&T/ORL faces (courtesy of AT&T Laboratories Cambridge)' }
    } catch (error) {
      if (!(error instanceof FacesUnavailable)) throw error
      console.log(`${error.message}; going on with faces that the project draws itself.\n`)
    }
  }
  const faces = `${CACHE}/synthetic`
  if (!existsSync(faces)) runPipeline(`node --import=tsx tools/draw-faces.ts ${faces}`)
  return { faces, what: 'Faces drawn by the project' }
}

function printSummary(stages: readonly Stage[]): void {
  const result = JSON.parse(readFileSync(`${DEMO}/held-out.json`, 'utf8'))
  const times = readFileSync(`${DEMO}/run/times.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  // The first steps touch fresh memory: they say nothing of the rate.
  const seconds = times
    .filter(time => 'waited' in time)
    .slice(2)
    .map(time => time.seconds)
    .sort((a, b) => a - b)
  const rate = BATCH / seconds[Math.floor(seconds.length / 2)]
  const thresholds = result.thresholds as number[]
  const rows: [string, string][] = [
    ['pairs', `${result.pairs} (${result.same} of one person)`],
    ['accuracy', `${result.accuracy.mean.toFixed(4)} ± ${result.accuracy.std.toFixed(4)}`],
    ...Object.entries(result.tar as Record<string, { mean: number; std: number }>).map(
      ([far, { mean, std }]): [string, string] => [`TAR at FAR ${far}`, `${mean.toFixed(4)} ± ${std.toFixed(4)}`],
    ),
    ['threshold', (thresholds.reduce((sum, threshold) => sum + threshold, 0) / thresholds.length).toFixed(3)],
    ['training', `${rate.toFixed(1)} images/s`],
    ...stages.map(({ name, seconds }): [string, string] => [name, `${seconds.toFixed(1)} s`]),
    ['together', `${stages.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`)
  console.log(`\nHow the training went: ${join(ROOT, DEMO, 'run', 'report.html')}`)
  console.log(`What the verification says: ${join(ROOT, DEMO, 'report.html')}`)
}
