export {
  BOTTOM,
  bottomAxis,
  chart,
  HEIGHT,
  LEFT,
  leftAxis,
  RIGHT,
  scale,
  type Tick,
  TOP,
  topAxis,
  WIDTH,
} from './chart.js'
export { coordinate, escaped, grouped, percent, powerOfTen } from './markup.js'
export { type Figure, figureList, page } from './page.js'
