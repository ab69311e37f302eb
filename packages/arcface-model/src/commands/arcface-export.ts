import { parseWhole, runCommand } from '@tiny-face/command-shell'
import { EXPORT_PRECISIONS, TENSOR_NAMES } from '../export/provenance.js'
import { PUBLISHED_NAMES } from '../typed-names.js'
import type { Options } from './export-run.js'

await runCommand<Options>({
  name: 'arcface-export',
  summary:
    "Writes the network of a run's checkpoint, or one that others published, as an ONNX model of standard operators, or as safetensors.",
  example: `arcface-export runs/mobilefacenet --precision int8 --calibrate cfp.bin --verify lfw.bin --out small.onnx
arcface-export --from face-api --out face-api.onnx`,
  configure: program =>
    program
      .argument('[run]', "a run's folder, as arcface-train writes it")
      .requiredOption('--out <file>', 'what to write: a .onnx, or a .safetensors with the tensors alone')
      .addOption(
        program
          .createOption(
            '--from <source>',
            'in place of a run: weights that others published, downloaded once for each user',
          )
          .choices(PUBLISHED_NAMES),
      )
      .option('--from-package <folder>', 'a folder that has the package of --from already: nothing is downloaded')
      .option('--step <n>', 'the checkpoint after this step; the best by default, or the last', parseWhole('--step', 1))
      .addOption(
        program
          .createOption('--precision <type>', 'numbers inside: f16 is half the size, int8 a quarter')
          .choices(EXPORT_PRECISIONS)
          .default('f32'),
      )
      .addOption(
        program
          .createOption('--names <whose>', 'names and layout in a .safetensors: arcface_torch is what PyTorch loads')
          .choices(TENSOR_NAMES),
      )
      .option('--calibrate <bin>', 'a verification set whose faces show int8 how large values get')
      .option('--verify <bin>', 'verify on this set, and say what the precision costs')
      .option('--force', 'replace a file that exists'),
  run: async ([run], options) => (await import('./export-run.js')).exportRun(run, options),
})
