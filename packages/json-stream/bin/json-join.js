#!/usr/bin/env node
import '../dist/commands/json-join.js'
