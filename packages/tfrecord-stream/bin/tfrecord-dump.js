#!/usr/bin/env node
import '../dist/commands/tfrecord-dump.js'
