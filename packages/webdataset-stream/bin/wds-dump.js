#!/usr/bin/env node
import '../dist/commands/wds-dump.js'
