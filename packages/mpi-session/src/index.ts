export { ALONE, currentJob, type Job, type WireType } from './job.js'
