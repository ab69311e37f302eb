// An MXNet .rec as TFRecord shards, in one process: node docs/rec-to-tfrecord.js train.rec shards
import { readRecordIO } from '@tiny-face/recordio-stream'
import { writeShards } from '@tiny-face/tfrecord-stream'

const [file, folder] = process.argv.slice(2)
const faces = readRecordIO(file)
const { count, classes } = writeShards(faces, { folder, shards: 1, begin: faces.begin })
console.log(`${count} images of ${classes} people in ${folder}`)
