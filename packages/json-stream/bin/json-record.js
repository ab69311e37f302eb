#!/usr/bin/env node
import '../dist/commands/json-record.js'
