// Loaded into each command whose memory is measured (NODE_OPTIONS=--require): at its end says the peak in a file of its name.
const { readFileSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')
const { isMainThread } = require('node:worker_threads')

if (isMainThread) {
  process.on('exit', () => {
    const name = basename(process.argv[1], '.js')
    writeFileSync(join(process.env.TINY_FACE_PEAKS, name), String(peakBytes()))
  })
}

/** Linux keeps the peak of what was there before exec in what getrusage says, but not in VmHWM. */
function peakBytes() {
  try {
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))[1])
  } catch {
    return 1024 * process.resourceUsage().maxRSS
  }
}
