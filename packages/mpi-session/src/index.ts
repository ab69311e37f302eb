export type { BackgroundSums, Stretch } from './background-sums.js'
export { ALONE, currentJob, type Job } from './job.js'
export type { WireType } from './sum-over-ranks.js'
