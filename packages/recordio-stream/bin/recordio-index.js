#!/usr/bin/env node
import '../dist/commands/recordio-index.js'
