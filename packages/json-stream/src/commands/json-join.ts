import { progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { joinAttributes, storeAttributes } from '../join-attributes.js'

await runCommand<{ by: string; under?: string; tmp?: string; unframed?: true }>({
  name: 'json-join',
  summary: 'Adds attributes from a JSON file of any size to the records of a stream.',
  example: 'recordio-dump train.rec | json-join ages.json --by id | record-json | jq "select(.age > 60)"',
  configure: program =>
    program
      .argument('<attributes>', 'JSON Lines, an array of objects, or an object of objects under their ids')
      .option('--by <field>', 'what records and attributes are matched by', 'id')
      .option('--under <field>', 'put the attributes in this field, as a map')
      .option('--tmp <dir>', "folder for scratch files, of about the attributes' size (default: the system's)")
      .option('--unframed', 'take bare records, with no begin and no end'),
  run([file], { by, under, tmp, unframed }) {
    const reader = stdinRecords({ unframed })
    const store = storeAttributes(file!, { by, folder: tmp })
    const { begin: _, ...begin } = reader.begin
    const writer = stdoutRecords(begin)
    const bar = progressBar({ unit: 'records', total: begin.count })
    let matches = 0
    for (const { record, matched } of joinAttributes(reader, store, { by, under, source: begin.source })) {
      writer.write(record)
      if (matched) matches++
      bar.advance(1, (record.image ?? record.payload)?.length)
    }
    writer.end()
    store.close()
    say(`${matches} of ${writer.count} records have attributes in ${file}, which has ${store.count}`)
    bar.done()
  },
})
