import { adafaceIr18Webface4m } from './adaface-ir18-webface4m.js'
import { arcfaceIr50Ms1mv3 } from './arcface-ir50-ms1mv3.js'
import { mobilefacenetMs1m } from './mobilefacenet-ms1m.js'
import type { Preset } from './preset.js'
import { smallSet } from './small-set.js'
import { tinyFaceRecognition } from './tiny-face-recognition.js'

/** The recipes, by the names that `--preset` takes. */
export const PRESETS = {
  'tiny-face-recognition': tinyFaceRecognition,
  'arcface-ir50-ms1mv3': arcfaceIr50Ms1mv3,
  'mobilefacenet-ms1m': mobilefacenetMs1m,
  'adaface-ir18-webface4m': adafaceIr18Webface4m,
  'small-set': smallSet,
} satisfies Record<string, Preset>

/** What presets were called in earlier versions, where it was otherwise: these names still work. */
export const FORMER_PRESET_NAMES = { 'seed-resnet50': 'tiny-face-recognition' } as const

export type PresetName = keyof typeof PRESETS
