#!/usr/bin/env node
import '../dist/commands/recordio-dump.js'
