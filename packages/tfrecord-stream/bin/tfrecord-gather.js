#!/usr/bin/env node
import '../dist/commands/tfrecord-gather.js'
