import t from 'tap'
import { NETWORKS } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test("a compiled step of insightface's mbf is an eager one", async t => checkStep(t, NETWORKS.mbf, { size: 32 }))
