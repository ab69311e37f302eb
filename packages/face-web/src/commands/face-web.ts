import { InvalidArgumentError, parseWhole, runCommand } from '@tiny-face/command-shell'
import type { Options } from './run-face-web.js'

await runCommand<Options>({
  name: 'face-web',
  summary: 'Serves a page on this machine, for this machine only: who is in a photo, of the people of a gallery.',
  example: 'face-web --gallery people.gallery --model runs/r50 --threshold threshold.json',
  configure: program =>
    program
      .requiredOption('--gallery <file>', 'the gallery of face-identify; made when the first person is enrolled')
      .requiredOption('--model <file|run>', "the network: an ONNX file, or a training run's folder")
      .option('--preprocess <how>', "how its input is made, where the model does not say so itself: arcface-embed's")
      .option(
        '--threshold <file|cosine>',
        'what a face must be over to be given a name: of face-calibrate, or a cosine',
      )
      .option('--detector <name|file>', 'what finds faces: yunet, mtcnn, or an ONNX file', 'yunet')
      .option('--port <n>', 'the port; 0 takes any that is free', parsePort, 0)
      .option('--threads <n>', 'threads of the detector and the network', parseWhole('--threads', 1)),
  run: async (_, options) => (await import('./run-face-web.js')).runFaceWeb(options),
})

function parsePort(text: string): number {
  const port = parseWhole('--port')(text)
  if (port > 65535) throw new InvalidArgumentError('--port is at most 65535.')
  return port
}
