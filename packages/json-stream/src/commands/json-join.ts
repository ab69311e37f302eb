import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './join-stream.js'

await runCommand<Options>({
  name: 'json-join',
  summary: 'Adds attributes from a JSON file of any size to the records of a stream.',
  example: 'recordio-dump train.rec | json-join ages.json --by id | record-json | jq "select(.age > 60)"',
  configure: program =>
    program
      .argument('<attributes>', 'JSON Lines, an array of objects, or an object of objects under their ids')
      .option('--by <field>', 'what records and attributes are matched by', 'id')
      .option('--under <field>', 'put the attributes in this field, as a map')
      .option('--tmp <dir>', "folder for scratch files, of about the attributes' size (default: the system's)")
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async ([file], options) => (await import('./join-stream.js')).joinStream(file!, options),
})
