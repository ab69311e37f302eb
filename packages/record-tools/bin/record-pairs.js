#!/usr/bin/env node
import '../dist/commands/record-pairs.js'
