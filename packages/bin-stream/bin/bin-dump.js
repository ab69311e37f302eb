#!/usr/bin/env node
import '../dist/commands/bin-dump.js'
