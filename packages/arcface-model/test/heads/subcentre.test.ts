import t from 'tap'
import { checkEnds, checkHead } from './check-head.js'

const head = { kind: 'subcentre', centres: 3, margin: 0.5, scale: 16 } as const

t.test("loss and gradients are float64's", t => checkHead(t, head))
t.test('images on their centre and opposite to it', t => checkEnds(t, head))
