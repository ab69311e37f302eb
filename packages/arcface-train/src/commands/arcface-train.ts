import { FORMER_NETWORK_NAMES, NETWORK_NAMES } from '@tiny-face/arcface-model/typed-names'
import { parseNumber, parseWhole, runCommand } from '@tiny-face/command-shell'
import { ENGINE_CHOICES, PRECISIONS } from '@tiny-face/tfjs-compiler/engine-names'
import { AUGMENTATION_NAMES, parseAugment } from '../augment/augment-config.js'
import { DEFAULTS, HEADS, OPTIMISERS, RUN_DEFAULTS, SCHEDULES } from '../default-settings.js'
import { FORMER_PRESET_NAMES, PRESETS } from '../presets/index.js'
import {
  collect,
  factor,
  keyOf,
  numbers,
  oneOf,
  span,
  spans,
  spanText,
  threeNumbers,
  verificationSets,
} from './parse-options.js'
import type { Options } from './run-training.js'

const { sgd, adamw } = OPTIMISERS
const { arcface, cosface, combined, adaface } = HEADS

await runCommand<Options>({
  name: 'arcface-train',
  summary: 'Trains a face-recognition network on TFRecord shards, or on the record stream on standard input (-).',
  example:
    'arcface-train shards --preset small-set --out runs/people --verify held-out=held-out.bin\n' +
    'arcface-train shards --network mobilefacenet --out runs/mobile --epochs 20 --lr 0.1 --warmup 100',
  configure: program =>
    program
      .argument('<shards...>', 'a folder of shards, shards, or - for a record stream')
      .optionsGroup('What to train, and how long:')
      .option('--out <run>', "the run's folder")
      .option(
        '--preset <name>',
        `a recipe, whose settings come in the place of the defaults below: ${Object.keys(PRESETS).join(', ')}`,
        keyOf(PRESETS, FORMER_PRESET_NAMES),
      )
      .option(
        '--network <name>',
        `the network, needed without --preset: ${NETWORK_NAMES.join(', ')}`,
        oneOf(NETWORK_NAMES, FORMER_NETWORK_NAMES),
      )
      .option(
        '--embedding-size <n>',
        "numbers in an embedding (default: the network's own)",
        parseWhole('--embedding-size', 1),
      )
      .option(
        '--epochs <n>',
        'length of the schedule in passes over the data, needed without --preset',
        parseWhole('--epochs', 1),
      )
      .option('--steps <n>', 'or its length in steps', parseWhole('--steps', 1))
      .option('--stop-after <n>', 'stop after this many epochs of the schedule', parseWhole('--stop-after', 1))
      .option('--resume', 'go on where the run in --out ended or was killed; begin where there is none yet')
      .option(
        '--from-step <n>',
        'with --resume: go back to the checkpoint of this step; later ones are deleted',
        parseWhole('--from-step', 1),
      )
      .option('--force', 'delete the run that --out holds, its checkpoints and model too, and train anew')
      .option('--config <file>', 'take the settings of another run: its config.json; options here override them')
      .option('--dry-run', 'show layers, memory and the time of a step, which is measured; train nothing')

      .optionsGroup('Steps:')
      .option('--batch-size <n>', `images a step (default: ${DEFAULTS.batchSize})`, parseWhole('--batch-size', 2))
      .option(
        '--accumulate <k>',
        'compute a step in k equal parts, where it does not fit into memory at once',
        parseWhole('--accumulate', 1),
      )
      .option(
        '--schedule <kind>',
        `learning rate over the steps: ${SCHEDULES.join(', ')} (default: ${DEFAULTS.schedule})`,
        oneOf(SCHEDULES),
      )
      .option(
        '--lr <rates>',
        `the learning rate (default: ${sgd.learningRates}; with adamw ${adamw.learningRates}); for piecewise several, as 0.1,0.01,0.001`,
        numbers('--lr'),
      )
      .option(
        '--lr-steps <when>',
        'for piecewise: where the next rate begins, as 9000,12000 or 12epochs,20epochs',
        spans('--lr-steps'),
      )
      .option(
        '--warmup <length>',
        `the rate rises from 0 over so many steps, or 2epochs (default: ${spanText(DEFAULTS.warmup)})`,
        span('--warmup', 0),
      )
      .option(
        '--optimiser <kind>',
        `${Object.keys(OPTIMISERS).join(', ')} (default: ${DEFAULTS.optimiser.kind})`,
        keyOf(OPTIMISERS),
      )
      .option('--momentum <m>', `of sgd (default: ${sgd.optimiser.momentum})`, parseNumber('--momentum', 0, 1))
      .option(
        '--weight-decay <d>',
        `(default: ${sgd.weightDecay}; with adamw ${adamw.weightDecay})`,
        parseNumber('--weight-decay', 0),
      )
      .option('--decay-all', 'weight decay on batch norm, PReLU and biases as well')
      .option(
        '--clip <norm>',
        'scale all gradients down to this norm where together they are longer, as 5 (default: off)',
        parseNumber('--clip', 0),
      )
      .option(
        '--seed <n>',
        `decides the first weights, the order of records, what is augmented and dropped out (default: ${RUN_DEFAULTS.seed})`,
        parseWhole('--seed'),
      )

      .optionsGroup('Loss:')
      .option('--head <kind>', `${Object.keys(HEADS).join(', ')} (default: ${DEFAULTS.head.kind})`, keyOf(HEADS))
      .option(
        '--margin <m>',
        `arcface and subcentre in radians (default: ${arcface.margin}), cosface (${cosface.margin}), adaface (${adaface.margin})`,
        parseNumber('--margin', 0, Math.PI),
      )
      .option(
        '--margins <m1,m2,m3>',
        `of combined: cos(m1 θ + m2) - m3 (default: ${combined.margins})`,
        threeNumbers('--margins'),
      )
      .option(
        '--scale <s>',
        `what cosines are multiplied by before the softmax; smaller for few people, as 32 (default: ${DEFAULTS.head.scale})`,
        parseNumber('--scale', 0),
      )
      .option('--easy-margin', "arcface: a margin only within 90° of the person's own centre (default: at every angle)")
      .option(
        '--sample-rate <share>',
        `Partial FC: the share of all people that a step compares with (default: ${DEFAULTS.sampleRate})`,
        parseNumber('--sample-rate', 0, 1),
      )

      .optionsGroup('Images:')
      .option(
        '--augment <list>',
        `how images are varied, beside the mirror, which is the default: some of ${AUGMENTATION_NAMES.join(', ')} with commas between; none for ` +
          'not even the mirror',
        parseAugment,
      )
      .option('--show-augmented <file.png>', 'draw what the network would see; train nothing')
      .option('--skip-damaged', "leave out images that do not decode or are not of the network's size, and list them")
      .option('--no-check', 'do not look for such images before the first step')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')

      .optionsGroup('Verification and checkpoints:')
      .option(
        '--verify <name=file>',
        'measure the accuracy on a .bin of pairs, as lfw=lfw.bin; may be given several times',
        verificationSets,
      )
      .option(
        '--every <length>',
        `verify and write a checkpoint this often: 500 steps, or 2epochs (default: ${spanText(RUN_DEFAULTS.every)})`,
        span('--every'),
      )
      .option('--best <name>', 'the set that decides which checkpoint is the best (default: the first)')
      .option('--patience <n>', 'stop after this many verifications without a better one', parseWhole('--patience', 1))
      .option(
        '--keep <n>',
        `last checkpoints to keep, besides the best (default: ${RUN_DEFAULTS.keep})`,
        parseWhole('--keep', 1),
      )
      .option(
        '--skip-nonfinite <n>',
        `skip up to n batches in the whole run whose loss or gradient is no number (default: ${RUN_DEFAULTS.skipNonfinite}, stop)`,
        parseWhole('--skip-nonfinite'),
      )

      .optionsGroup('Ranks (started by mpirun or srun, see docs/many-machines.md):')
      .option(
        '--sync-batch-norm',
        "batch norms measure the images of all ranks; each rank's own where left out, which is faster",
      )
      .option(
        '--exchange <type>',
        'in which numbers gradients travel between ranks: bf16 for half of the bytes (default: f32)',
        oneOf(['bf16']),
      )

      .optionsGroup('Fine-tuning:')
      .option(
        '--init <run|file>',
        'begin with the weights of a run of the same network (its best checkpoint), or of a .safetensors file with the names of a ' +
          "checkpoint; the head's are new",
      )
      .option(
        '--trunk-lr <factor>',
        `learning rate of all but the head, as a factor of --lr: 0.1x (default: ${RUN_DEFAULTS.trunkRate}x)`,
        factor('--trunk-lr'),
      )
      .option(
        '--freeze <pattern>',
        "parameters to leave as they are, by names as in --dry-run: 'stage1/*'; may be given several times",
        collect,
      )
      .option('--freeze-statistics', 'leave running statistics as they are, and use them: for batches of few people')

      .optionsGroup('Machine:')
      .option(
        '--engine <name>',
        `what computes: ${ENGINE_CHOICES.join(', ')}; auto, the default, takes onednn where it is installed, else onnx; a GPU is used by tensorflow alone`,
        oneOf(ENGINE_CHOICES),
      )
      .option(
        '--precision <type>',
        `of what the network computes: ${PRECISIONS.join(', ')}; bf16 where the engine has it and it is faster`,
        oneOf(PRECISIONS),
      )
      .option('--threads <n>', "threads of the network's operators; all cores by default", parseWhole('--threads', 1)),
  // Loaded only now: the help needs none of what computes.
  run: async (shards, options) => (await import('./run-training.js')).runTraining(shards, options),
})
