export { MAX_ROW_GROUP_BYTES, openParquet, type ParquetFile } from './open-parquet.js'
export { type ParquetRecords, parquetRecords } from './parquet-records.js'
