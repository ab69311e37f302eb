#!/usr/bin/env node
import '../dist/commands/record-select.js'
