#!/usr/bin/env node
import '../dist/commands/arcface-train.js'
