// Each network's step at full size against PyTorch's. See check-steps.
import { parseArgs } from 'node:util'
import { NETWORKS, type NetworkName } from '@tiny-face/arcface-model'
import { compile, type EngineName, type TypedValues } from '@tiny-face/tfjs-compiler'
import { judgeStep } from '../../packages/arcface-model/test/pytorch/judge-step.js'
import { moveFromKinks, type StepCase, stepCase } from '../../packages/arcface-model/test/pytorch/step-case.js'
import { kinkMoves, pytorchStep } from './pytorch-step.js'

/** So many variables that are too far off are printed. */
const MAX_PRINTED = 10

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'onnx' },
    precision: { type: 'string', default: 'f32' },
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '8' },
    size: { type: 'string', default: '112' },
  },
})
const precision = values.precision === 'bf16' ? 'bf16' : 'f32'
const engine = values.engine as EngineName
const options = { engine, precision, threads: Number(values.threads) } as const

for (const network of (positionals.length > 0 ? positionals : Object.keys(NETWORKS)) as NetworkName[]) {
  const shape = { network, batchSize: Number(values.batch), size: Number(values.size), classes: 11 }
  const given = stepCase(shape)
  moveFromKinks(given.state, kinkMoves(shape, given))
  const { loss, after } = await stepOf(given)
  const pytorch = pytorchStep(shape, given, { ours: { ours: after as Record<string, Float32Array> }, moved: true })
  const errors = new Map(
    Object.entries(pytorch.updates).map(([name, update]) => [name, (update as unknown as { ours: number }).ours]),
  )
  const { lossError, lossLimit, worse, summary } = judgeStep(pytorch, precision, loss, errors)
  const isGood = lossError <= lossLimit && worse.length === 0
  const name = `${network} ${shape.batchSize}x${shape.size}x${shape.size} ${engine} ${precision}`
  console.log(`${isGood ? 'ok' : 'NOT OK'}  ${name}: loss within ${lossError.toExponential(1)}; ${summary}`)
  for (const { name, error, limit } of worse.slice(0, MAX_PRINTED)) console.log(`    ${name}: ${error}, not ${limit}`)
  if (worse.length > MAX_PRINTED) console.log(`    and ${worse.length - MAX_PRINTED} more of ${errors.size}`)
  if (!isGood) process.exitCode = 1
}

async function stepOf({ step, state, batch }: StepCase): Promise<{ loss: number; after: Record<string, TypedValues> }> {
  const executable = await compile(step, options)
  try {
    await executable.setState(state)
    const { loss } = await executable.step(batch)
    return { loss: loss![0]!, after: await executable.getState() }
  } finally {
    await executable.close()
  }
}
