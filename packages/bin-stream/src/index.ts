export { binRecords } from './bin-records.js'
export { type OpenBin, openBin } from './open-bin.js'
export { parseBin, readBin, type VerificationSet } from './read-bin.js'
export { writeBin } from './write-bin.js'
