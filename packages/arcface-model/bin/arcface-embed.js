#!/usr/bin/env node
import '../dist/commands/arcface-embed.js'
