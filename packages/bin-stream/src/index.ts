export { binRecords } from './bin-records.js'
export { parseBin, readBin, type VerificationSet } from './read-bin.js'
export { writeBin } from './write-bin.js'
