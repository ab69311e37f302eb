// The benchmarks:
//   npm run bench -- data [--size 1GB] [--rounds 5] [--only copy,dump,shuffle,memory]
//   npm run bench -- train [--rounds 5] [--seconds 4] [--only bf16,f32,onnx,classes,load,loop,tensorflow,embed] [--networks mobilefacenet,ir50,resnet50]
//   npm run bench -- verify [--rounds 5] [--only figures,roc,stream,pipeline] [--pairs 6000]
//   npm run bench -- search [--rounds 5] [--only 1,16,256,1024] [--faces 1000000]
//   npm run bench -- align [--rounds 5] [--only portrait,group]
import { parseArgs } from 'node:util'
import { parseSize } from '@tiny-face/command-shell'
import { ALIGN_FAMILIES, benchAlign } from './align.js'
import { benchData, DATA_FAMILIES } from './data.js'
import { benchSearch, SEARCH_FAMILIES } from './search.js'
import { benchTrain, TRAIN_FAMILIES, TRAIN_NETWORKS } from './train.js'
import { benchVerify, VERIFY_FAMILIES } from './verify.js'

const USAGE = `usage: npm run bench -- data [--size 1GB] [--rounds 5] [--only ${Object.keys(DATA_FAMILIES).join(',')}]
       npm run bench -- train [--rounds 5] [--seconds 4] [--only ${Object.keys(TRAIN_FAMILIES).join(',')}]
                             [--networks ${TRAIN_NETWORKS.join(',')}]
       npm run bench -- verify [--rounds 5] [--only ${Object.keys(VERIFY_FAMILIES).join(',')}] [--pairs 6000]
       npm run bench -- search [--rounds 5] [--only ${Object.keys(SEARCH_FAMILIES).join(',')}] [--faces 1000000]
       npm run bench -- align [--rounds 5] [--only ${Object.keys(ALIGN_FAMILIES).join(',')}]`
/** Less would time how processes start. */
const LEAST_SIZE = 2 ** 20
/** One for each fold. */
const LEAST_PAIRS = 10

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '1GB' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      only: { type: 'string' },
      pairs: { type: 'string', default: '6000' },
      faces: { type: 'string', default: '1000000' },
      networks: { type: 'string', default: TRAIN_NETWORKS.join(',') },
    },
  })
  const rounds = Number(values.rounds)
  const seconds = Number(values.seconds)
  const what = positionals.join()
  if (!(rounds >= 1) || !(seconds >= 0)) throw new Error(USAGE)
  if (what === 'data') {
    const size = parseSize('--size', LEAST_SIZE)(values.size)
    benchData({ size, rounds, families: familiesOf(DATA_FAMILIES, values.only) })
  } else if (what === 'train') {
    const networks = values.networks.split(',')
    if (networks.some(name => !TRAIN_NETWORKS.includes(name))) throw new Error(USAGE)
    await benchTrain(familiesOf(TRAIN_FAMILIES, values.only), { rounds, seconds, networks })
  } else if (what === 'verify') {
    const pairs = Number(values.pairs)
    if (!Number.isInteger(pairs) || pairs < LEAST_PAIRS) throw new Error(USAGE)
    benchVerify(familiesOf(VERIFY_FAMILIES, values.only), rounds, pairs)
  } else if (what === 'search') {
    const faces = Number(values.faces)
    if (!Number.isInteger(faces) || faces < 1) throw new Error(USAGE)
    await benchSearch(familiesOf(SEARCH_FAMILIES, values.only), rounds, faces)
  } else if (what === 'align') {
    await benchAlign(familiesOf(ALIGN_FAMILIES, values.only), rounds)
  } else {
    throw new Error(USAGE)
  }
} catch (error) {
  console.error(`bench: ${(error as Error).message}`)
  process.exitCode = 1
}

function familiesOf<T extends object>(all: T, only: string | undefined): (keyof T)[] {
  const names = only?.split(',') ?? Object.keys(all)
  if (names.some(name => !Object.hasOwn(all, name))) throw new Error(USAGE)
  return names as (keyof T)[]
}
