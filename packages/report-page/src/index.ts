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
export { dataTable, type TableRow } from './data-table.js'
export { escaped } from './escape.js'
export { coordinate, grouped, percent, powerOfTen } from './format-number.js'
export { type Figure, figureList, page } from './page.js'
export { settingsList } from './settings-list.js'
