import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './dump-json.js'

await runCommand<Options>({
  name: 'json-record',
  summary: 'Reads JSON Lines, or a big JSON array of objects, as a record stream.',
  example: 'json-record list.json --images photos | recordio-write faces.rec',
  configure: program =>
    program
      .argument('[files...]', 'JSON files, folders of .json, .jsonl and .ndjson, or globs; - or none: standard input')
      .option('--images <dir>', "read the image that a record's path names in this folder"),
  run: async (paths, options) => (await import('./dump-json.js')).dumpJson(paths, options),
})
