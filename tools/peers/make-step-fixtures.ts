// Steps in PyTorch as small files, so that our engines can be held against it where it is not installed. See make-step-fixtures.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Fixture, fixturePath, formatFixture } from '../../packages/arcface-model/test/pytorch/fixture.js'
import { type CaseShape, fingerprint, stepCase } from '../../packages/arcface-model/test/pytorch/step-case.js'
import { pytorchStep } from './pytorch-step.js'

/** Small, but with enough values a channel for batch norm: with 8 of them float32 itself is 1e-3 from float64. */
const SHAPES: CaseShape[] = [
  { network: 'mobilefacenet', batchSize: 8, size: 32, classes: 11 },
  { network: 'mbf', batchSize: 8, size: 32, classes: 11 },
  { network: 'resnet50', batchSize: 8, size: 32, classes: 11 },
  { network: 'ir18', batchSize: 8, size: 32, classes: 11 },
  { network: 'ir34', batchSize: 8, size: 32, classes: 11 },
  { network: 'ir50', batchSize: 8, size: 32, classes: 11 },
  { network: 'ir100', batchSize: 8, size: 32, classes: 11 },
  { network: 'foamliu-mobilefacenet', batchSize: 8, size: 32, classes: 11 },
  // Its last layers see one pixel of each image, so that there are more of these; of this size it pads nothing, as step-torch.py asks for.
  { network: 'face-api', batchSize: 16, size: 131, classes: 11 },
]

const names = process.argv.slice(2)
for (const shape of SHAPES) {
  if (names.length > 0 && !names.includes(shape.network)) continue
  const given = stepCase(shape)
  const pytorch = pytorchStep(shape, given, { sketch: true })
  const fixture: Fixture = { shape, fingerprint: fingerprint(given.state), pytorch: rounded(pytorch) }
  writeFileSync(fixturePath(shape.network), formatFixture(fixture))
  const median = (precision: 'float32' | 'bfloat16') => {
    const errors = Object.values(pytorch.updates).map(update => update[precision])
    return errors.sort((a, b) => a - b)[errors.length >> 1]!.toExponential(1)
  }
  console.log(
    `${fileURLToPath(fixturePath(shape.network))}: PyTorch's errors, median: ${median('float32')} in float32, ${median('bfloat16')} in bfloat16`,
  )
}

/** More digits than say anything make a file long. */
function rounded(pytorch: Fixture['pytorch']): Fixture['pytorch'] {
  const digits = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)
  return { ...pytorch, updates: JSON.parse(JSON.stringify(pytorch.updates, digits)) }
}
