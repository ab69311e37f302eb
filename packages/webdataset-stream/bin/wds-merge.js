#!/usr/bin/env node
import '../dist/commands/wds-merge.js'
