// One step of a case in PyTorch, and how far ours are from it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NamedTensor, NETWORKS, type Network, writeSafetensors } from '../../packages/arcface-model/src/index.js'
import type { PytorchStep } from '../../packages/arcface-model/test/pytorch/fixture.js'
import { type CaseShape, RECIPE, type StepCase } from '../../packages/arcface-model/test/pytorch/step-case.js'

const RUN = fileURLToPath(new URL('run', import.meta.url))

/** @param ours states after a step of ours, by the name that their errors are to have */
export function pytorchStep(
  shape: CaseShape,
  { step, state, batch }: StepCase,
  {
    ours = {},
    sketch = false,
  }: { ours?: Record<string, Readonly<Record<string, Float32Array>>>; sketch?: boolean } = {},
): PytorchStep {
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-step-'))
  try {
    const tensorsOf = (values: Readonly<Record<string, Float32Array>>) =>
      new Map<string, NamedTensor>(step.variables.map(({ name, shape }) => [name, { shape, values: values[name]! }]))
    const { size, batchSize } = shape
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
    const { dropout }: Network = NETWORKS[shape.network]
    const { random } = batch
    const options = [
      `--network=${shape.network}`,
      `--margin=${RECIPE.margin}`,
      `--scale=${RECIPE.scale}`,
      `--momentum=${RECIPE.momentum}`,
      `--weight-decay=${RECIPE.weightDecay}`,
      `--learning-rate=${batch.learningRate[0]}`,
      ...(random === undefined ? [] : [`--dropout=${dropout}`, `--random=${random[0]}`]),
      ...(sketch ? ['--sketch'] : []),
      ...after,
    ]
    const printed = execFileSync(RUN, ['torch', 'step-torch.py', file, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 28,
    })
    return JSON.parse(printed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
