#!/usr/bin/env node
import '../dist/commands/tfrecord-write.js'
