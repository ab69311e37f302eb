#!/usr/bin/env node
import '../dist/commands/bin-write.js'
