#!/usr/bin/env node
import '../dist/commands/recordio-write.js'
