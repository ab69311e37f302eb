#!/usr/bin/env node
import '../dist/commands/record-json.js'
