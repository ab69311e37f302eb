import { DataError, runCommand, stdoutRecords } from '@tiny-face/record-stream'
import { dumpRecord } from '../dump-record.js'
import { findShards } from '../find-shards.js'
import { isGzipFile, readTFRecord, readTFRecordAsync } from '../read-tfrecord.js'

await runCommand<{ all?: boolean }>({
  name: 'tfrecord-dump',
  summary: 'Writes the images of TFRecord files as a record stream; GZIP is read as well.',
  example: 'tfrecord-dump shards | recordio-write train.rec',
  configure: program =>
    program
      .argument('<files...>', 'TFRecord files, or folders of them')
      .option('--all', 'every record, with its bytes (example, or payload where it is none), to be copied exactly'),
  async run(paths, { all }) {
    const { files, manifest } = findShards(paths)
    const writer = stdoutRecords({
      count: all ? manifest?.count : manifest?.images,
      classes: manifest?.classes,
      names: manifest?.names,
      source: paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
    })
    let id = 0
    const write = (data: Uint8Array) => {
      const record = dumpRecord(data, id++, all)
      if (record !== undefined) writer.write(record)
    }
    for (const { path, count } of files) {
      const first = id
      if (isGzipFile(path)) for await (const { data } of readTFRecordAsync(path)) write(data)
      else for (const { data } of readTFRecord(path)) write(data)
      if (count !== undefined && id - first !== count) {
        throw new DataError({ file: path, expected: `${count} records, as the manifest says`, found: `${id - first}` })
      }
    }
    writer.end()
  },
})
