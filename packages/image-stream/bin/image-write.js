#!/usr/bin/env node
import '../dist/commands/image-write.js'
