#!/usr/bin/env node
import '../dist/commands/face-align.js'
