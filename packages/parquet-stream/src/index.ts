export { MAX_ROW_GROUP_BYTES, openParquet, type ParquetFile, type RowGroup } from './open-parquet.js'
export { type ParquetOptions, type ParquetRecords, parquetRecords } from './parquet-records.js'
