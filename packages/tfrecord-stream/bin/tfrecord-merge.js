#!/usr/bin/env node
import '../dist/commands/tfrecord-merge.js'
