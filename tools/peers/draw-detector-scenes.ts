// Writes the drawn scenes of face-aligner's tests as PNG, for its peers to look at.
//   node --import=tsx tools/peers/draw-detector-scenes.ts FOLDER
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePng } from '@tiny-face/image-stream'
import { drawnScenes } from '../../packages/face-aligner/test/detect/drawn-scenes.js'

for (const [number, scene] of (await drawnScenes()).entries())
  writeFileSync(join(process.argv[2]!, `${number}.png`), await encodePng(scene))
