#!/usr/bin/env node
import '../dist/commands/tfrecord-verify.js'
