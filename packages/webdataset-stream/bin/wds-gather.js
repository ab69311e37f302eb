#!/usr/bin/env node
import '../dist/commands/wds-gather.js'
