#!/usr/bin/env node
import '../dist/commands/arcface-export.js'
