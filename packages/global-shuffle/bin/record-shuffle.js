#!/usr/bin/env node
import '../dist/commands/record-shuffle.js'
