#!/usr/bin/env node
import '../dist/commands/arcface-import.js'
