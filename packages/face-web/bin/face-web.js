#!/usr/bin/env node
import '../dist/commands/face-web.js'
