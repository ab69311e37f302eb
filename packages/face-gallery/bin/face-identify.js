#!/usr/bin/env node
import '../dist/commands/face-identify.js'
