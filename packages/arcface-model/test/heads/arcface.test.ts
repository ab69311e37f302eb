import t from 'tap'
import { checkEnds, checkHead } from './check-head.js'

for (const easy of [false, true]) {
  const head = { kind: 'arcface', margin: 0.5, scale: 16, easy } as const
  t.test(`loss and gradients are float64's, with the ${easy ? 'easy' : 'hard'} fallback`, t => checkHead(t, head))
  t.test(`images on their centre and opposite to it, ${easy ? 'easy' : 'hard'}`, t => checkEnds(t, head))
}
