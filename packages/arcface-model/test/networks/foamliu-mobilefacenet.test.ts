import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test("a compiled step of foamliu's MobileFaceNet is an eager one", async t =>
  checkStep(t, NETWORKS['foamliu-mobilefacenet'], { size: 32 }),
)
