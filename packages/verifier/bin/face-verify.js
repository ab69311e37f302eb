#!/usr/bin/env node
import '../dist/commands/face-verify.js'
