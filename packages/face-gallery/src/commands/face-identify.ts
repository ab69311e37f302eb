import { parseNumber, runCommand } from '@tiny-face/command-shell'
import { parseTop } from '../search/parse-top.js'
import type { Options as EnrolOptions } from './enrol-stream.js'
import type { Options } from './evaluate-stream.js'
import type { Options as ListOptions } from './list-gallery.js'
import type { Options as SearchOptions } from './search-stream.js'

/** What the person asked for: set by the subcommand that was given. */
let work: () => Promise<void>

await runCommand({
  name: 'face-identify',
  summary: 'Says who is who among many people.',
  example:
    'image-dump people | arcface-embed --model runs/r50 --flip | face-identify enrol people.gallery\n' +
    'image-dump new --flat | arcface-embed --model runs/r50 --flip | face-identify search people.gallery --threshold threshold.json',
  configure: program => {
    program
      .command('enrol')
      .description("Enrols a stream's faces in a gallery, which is made where it is not there.")
      .argument('<gallery>', 'the file')
      .option('--person <name>', "whose faces all of them are; without, the records' labels say it")
      .option('--min-score <n>', "leave out faces of a lower detector's score", parseNumber('--min-score', 0, 1))
      .option('--min-eyes <n>', 'leave out faces with fewer pixels between the eyes', parseNumber('--min-eyes', 0))
      .option('--min-sharpness <n>', 'leave out faces that are less sharp', parseNumber('--min-sharpness', 0))
      .option('--max-yaw <degrees>', 'leave out faces turned further to a side', parseNumber('--max-yaw', 0, 180))
      .option('--threshold <file|cosine>', 'tell of people who are in the gallery under another name already')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .action((gallery: string, options: EnrolOptions) => {
        work = async () => (await import('./enrol-stream.js')).enrolStream(gallery, options)
      })
    program
      .command('search')
      .description("Says of a stream's faces who of the gallery they are, or that they are unknown.")
      .argument('<gallery>', 'the file')
      .requiredOption('--threshold <file|cosine>', 'what a face must be over: of face-calibrate, or a cosine')
      .option(
        '--label',
        'pass on the faces of known people only, labelled with who they are: image-write sorts by that',
      )
      .option('--top <n>', 'how many people are listed for each face', parseTop, 1)
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .action((gallery: string, options: SearchOptions) => {
        work = async () => (await import('./search-stream.js')).searchStream(gallery, options)
      })
    program
      .command('remove')
      .description('Removes a person: nothing of them stays in the file.')
      .argument('<gallery>', 'the file')
      .argument('<name>', 'who')
      .action((gallery: string, name: string) => {
        work = async () => (await import('./remove-from-gallery.js')).removeFromGallery(gallery, name)
      })
    program
      .command('list')
      .description('Says who is in a gallery, with how many faces, since when.')
      .argument('<gallery>', 'the file')
      .option('--json <file>', 'write the list as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--force', 'replace files that exist')
      .action((gallery: string, options: ListOptions) => {
        work = async () => (await import('./list-gallery.js')).listGallery(gallery, options)
      })
    program
      .command('index')
      .description('Makes an index beside a gallery of more than a million faces; search takes it where it is.')
      .argument('<gallery>', 'the file')
      .action((gallery: string) => {
        work = async () => (await import('./index-gallery.js')).indexGallery(gallery)
      })
    program
      .command('evaluate')
      .description('Says how often the right person is found: rank 1, 5 and 10, and TPIR at FPIR for an open set.')
      .addOption(
        program
          .createOption(
            '--protocol <name>',
            "first: each person's first image is enrolled, the others are searched for; field: a record's gallery says it, true or false",
          )
          .choices(['first', 'field'])
          .default('first'),
      )
      .option('--threshold <file>', 'what a threshold of face-calibrate comes to here')
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .option('--force', 'replace files that exist')
      .action((options: Options) => {
        work = async () => (await import('./evaluate-stream.js')).evaluateStream(options)
      })
  },
  run: () => work(),
})
