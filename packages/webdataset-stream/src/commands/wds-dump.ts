import { runCommand } from '@tiny-face/command-shell'

await runCommand({
  name: 'wds-dump',
  summary: 'Writes the images of WebDataset shards (.tar, .tar.gz) as a record stream.',
  example: 'wds-dump shards | recordio-write train.rec',
  configure: program => program.argument('<files...>', 'tar files, folders of them, or globs in quotes'),
  run: async paths => (await import('./dump-webdataset.js')).dumpWebDataset(paths),
})
