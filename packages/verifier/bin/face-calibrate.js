#!/usr/bin/env node
import '../dist/commands/face-calibrate.js'
