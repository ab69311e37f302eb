#!/usr/bin/env node
import '../dist/commands/image-dump.js'
