import { parseWhole, runCommand } from '@tiny-face/command-shell'
import { AtomicFile } from '@tiny-face/safe-files'

interface Options {
  out: string
  step?: number
  force?: boolean
}

await runCommand<Options>({
  name: 'arcface-export',
  summary: "Writes the network of a run's checkpoint as an ONNX model: standard operators, any batch size.",
  example: 'arcface-export runs/mobilefacenet --step 134 --out epoch2.onnx',
  configure: program =>
    program
      .argument('<run>', "a run's folder, as arcface-train writes it")
      .requiredOption('--out <file>', 'the model to write')
      .option('--step <n>', 'the checkpoint after this step; the best by default, or the last', parseWhole('--step', 1))
      .option('--force', 'replace a file that exists'),
  async run([run], { out, step, force = false }) {
    const { exportCheckpoint } = await import('../checkpoint.js')
    const model = exportCheckpoint(run!, step)
    const file = new AtomicFile(out, { force })
    file.write(model)
    file.commit()
  },
})
