export { binRecords } from './bin-records.js'
export { type OpenBin, openBin, type Truths } from './open-bin.js'
export { parseBin, readBin, type VerificationSet } from './read-bin.js'
export { writeBin } from './write-bin.js'
