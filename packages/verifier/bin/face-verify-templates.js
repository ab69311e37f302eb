#!/usr/bin/env node
import '../dist/commands/face-verify-templates.js'
