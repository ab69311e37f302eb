#!/usr/bin/env node
import '../dist/commands/engine-install.js'
