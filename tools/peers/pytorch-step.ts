// One step of a case in PyTorch, and how far ours are from it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NETWORKS, type Network } from '@tiny-face/arcface-model'
import { type NamedTensor, writeSafetensors } from '@tiny-face/weight-files'
import type { PytorchStep } from '../../packages/arcface-model/test/pytorch/fixture.js'
import { type CaseShape, RECIPE, type StepCase } from '../../packages/arcface-model/test/pytorch/step-case.js'

const RUN = fileURLToPath(new URL('run', import.meta.url))

interface Question {
  /** States after a step of ours, by the name that their errors are to have. */
  ours?: Record<string, State>
  /** Whether the changes in float64 are wanted as sketches. */
  sketch?: boolean
  /** Whether the state is as the moves have left it. */
  moved?: boolean
}

type State = Readonly<Record<string, Float32Array>>

/** PyTorch's step, in float64, float32 and bfloat16. */
export function pytorchStep(
  shape: CaseShape,
  given: StepCase,
  { ours = {}, sketch = false, moved = false }: Question = {},
): PytorchStep {
  return ask(shape, given, { ours, options: [...(sketch ? ['--sketch'] : []), ...(moved ? ['--moved'] : [])] })
}

/** By how much the state is to be moved, see `moveFromKinks`. */
export function kinkMoves(shape: CaseShape, given: StepCase): PytorchStep['moves'] {
  return ask(shape, given, { ours: {}, options: ['--only-moves'] }).moves
}

function ask(
  { network, size, batchSize }: CaseShape,
  { step, state, batch }: StepCase,
  { ours, options }: { ours: Record<string, State>; options: string[] },
): PytorchStep {
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-step-'))
  try {
    const tensorsOf = (values: State) =>
      new Map<string, NamedTensor>(step.variables.map(({ name, shape }) => [name, { shape, values: values[name]! }]))
    const given = tensorsOf(state)
    given.set('images', { shape: [batchSize, size, size, 3], values: batch.images })
    given.set('labels', { shape: [batchSize], values: Float32Array.from(batch.labels) })
    const file = join(folder, 'step.safetensors')
    writeSafetensors(file, given)
    const after = Object.entries(ours).map(([name, values]) => {
      const path = join(folder, `${name}.safetensors`)
      writeSafetensors(path, tensorsOf(values))
      return `--ours=${name}=${path}`
    })
    const { dropout }: Network = NETWORKS[network]
    const { random } = batch
    const recipe = [
      `--network=${network}`,
      `--margin=${RECIPE.margin}`,
      `--scale=${RECIPE.scale}`,
      `--momentum=${RECIPE.momentum}`,
      `--weight-decay=${RECIPE.weightDecay}`,
      `--learning-rate=${batch.learningRate[0]}`,
      ...(random === undefined ? [] : [`--dropout=${dropout}`, `--random=${random[0]}`]),
    ]
    const printed = execFileSync(RUN, ['torch', 'step-torch.py', file, ...recipe, ...options, ...after], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 28,
    })
    return JSON.parse(printed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
