#!/usr/bin/env node
import '../dist/commands/parquet-dump.js'
