#!/usr/bin/env node
import '../dist/commands/wds-write.js'
