// The benchmarks: npm run bench -- data [--size 1GB] [--rounds 5] [--only copy,dump,shuffle,memory]
import { parseArgs } from 'node:util'
import { parseSize } from '@tiny-face/record-tools'
import { benchData, DATA_FAMILIES } from './data.js'

const USAGE = `usage: npm run bench -- data [--size 1GB] [--rounds 5] [--only ${Object.keys(DATA_FAMILIES).join(',')}]`
/** Less would time how processes start. */
const LEAST_SIZE = 2 ** 20

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '1GB' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: Object.keys(DATA_FAMILIES).join(',') },
    },
  })
  const families = values.only.split(',')
  const unknown = families.find(name => !(name in DATA_FAMILIES))
  if (positionals.join() !== 'data' || unknown !== undefined || !(Number(values.rounds) >= 1)) throw new Error(USAGE)
  benchData({
    size: parseSize('--size', LEAST_SIZE)(values.size),
    rounds: Number(values.rounds),
    families: families as (keyof typeof DATA_FAMILIES)[],
  })
} catch (error) {
  console.error(`bench: ${(error as Error).message}`)
  process.exitCode = 1
}
